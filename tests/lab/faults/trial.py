# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a module's real program in a process of its own, with whatever happens to it on the way."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible.module_utils.testing import patch_module_args
from ansible_collections.fleet.ports.plugins.module_utils._host import commands

from .steps import SYNC, Steps

MODULES = "ansible_collections.fleet.ports.plugins.modules."
JOBS = "ansible_collections.fleet.ports.plugins.module_utils."


class Outcome(NamedTuple):
    """How it ended: at which step something happened (empty: none), and what it said (None: nothing)."""

    killed: bool
    step: str
    result: dict[str, Any] | None


class Program(NamedTuple):
    """A module with its options, or a job of the host."""

    name: str
    options: dict[str, Any] | None

    @property
    def is_job(self) -> bool:
        """Whether the host does it by itself."""
        return self.options is None

    def load(self) -> Callable[[], None]:
        """What it calls first."""
        return importlib.import_module((JOBS if self.is_job else MODULES) + self.name).main


Prepare = Callable[[Steps], None]


def hanging(number: int) -> Prepare:
    """Let the program that is started as this one hang at once."""
    return _hanging(number, "exec sleep 1000", 0.3)


def hanging_afterwards(number: int) -> Prepare:
    """Let it do its work, and then hang."""
    return _hanging(number, '"$@"; exec sleep 1000', 2)


def _hanging(number: int, script: str, limit: float) -> Prepare:
    def prepare(_steps: Steps) -> None:
        started = itertools.count(1)
        real, real_limit = subprocess.Popen, commands._limit

        def start(command, **options):
            if next(started) != number:
                return real(command, **options)
            commands._limit = once
            return real(["/bin/sh", "-c", script, "sh", *command], **options)

        def once(_program):
            commands._limit = real_limit
            return limit

        subprocess.Popen = start
        os.register_at_fork(after_in_child=lambda: setattr(subprocess, "Popen", real))  # as for the count of steps

    return prepare


def without_waiting(steps: Steps) -> None:
    """Let nobody wait for the disk: what the kernel has outlives a kill, though not a power failure."""

    def sync(_descriptor: int) -> None:
        with steps.played(SYNC):
            pass

    os.fsync = sync


def run(program: Program, steps: Steps, *prepare: Prepare) -> Outcome:
    """Start the program in a child of this process, wait for its end, and say how it went; prepare the child first."""
    main = program.load()
    with tempfile.TemporaryFile("w+", dir="/run") as said, tempfile.TemporaryFile("w+", dir="/run") as noted:
        child = os.fork()
        if child == 0:
            _be(program, main, steps, prepare, said, noted)
        status = os.waitpid(child, 0)[1]
        said.seek(0)
        noted.seek(0)
        text = said.read()
        return Outcome(os.WIFSIGNALED(status), noted.read(), _result(text))


def _be(program, main, steps, prepare, said, noted):
    """Be the child."""
    os.setsid()
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    code = 0
    try:
        for each in prepare:
            each(steps)
        with patch_module_args(program.options or {}):
            steps.count(noted.fileno())
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:  # it belongs to what the program said
        os.write(1, f"Traceback: {error!r}".encode())
        code = 1
    finally:
        steps.end()
        sys.stdout.flush()
        os._exit(code)


def _result(text: str) -> dict[str, Any] | None:
    try:
        return json.loads(text)
    except ValueError:
        return {"failed": True, "msg": text} if text.strip() else None
