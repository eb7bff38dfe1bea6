# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run of the module that is killed in one of its rehearsals, and what is there of a world before and after.

The process of the run tells by a pipe when the rehearsal begins and ends, and when it has started a program. It goes no
further than that: so what is left is of the rehearsal, for nothing else has been done.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.module_utils._flows import concern

from .world import RunningWorld

_BEGUN, _ENDED, _STARTED = b"b", b"e", b"s"
_LINGERING = 2.0  # seconds within which the kernel has ended everything
_PATIENCE = 150.0  # seconds for a run on a machine that is very busy


class Look(NamedTuple):
    """All of a host that has to stay as it is."""

    rules: list[str]
    files: dict[str, bytes]
    network: list[str]
    processes: list[str]

    @classmethod
    def at(cls, host: RunningWorld) -> Look:
        """Look at the host whose namespaces this process is in."""
        return cls(host.rules().splitlines(), host.files(), _network(), _processes())


def differences(before: Look, now: Look) -> list[str]:
    """In what they differ."""
    return [name for name in Look._fields if getattr(before, name) != getattr(now, name)]


def left(host: RunningWorld, before: Look) -> list[str]:
    """What differs once the kernel has had the time to end all that it has to end."""
    deadline = time.monotonic() + _LINGERING
    while _processes() != before.processes and time.monotonic() < deadline:
        time.sleep(0.01)
    now = Look.at(host)
    return [f"{name}: {_differing(getattr(before, name), getattr(now, name))}" for name in differences(before, now)]


def _differing(before: Iterable[str], now: Iterable[str]) -> str:
    """Which lines or names there are of one only; none if it is something else that differs."""
    return f"{sorted(set(now) - set(before))} instead of {sorted(set(before) - set(now))}"


class Rehearsal:
    """One of the rehearsals of a run, by its number; ``run`` runs the module."""

    def __init__(self, run: Callable[[], object], number: int) -> None:
        self._run = run
        self._number = number

    def duration(self) -> float:
        """How long it takes if it is let end, in seconds."""
        with self._running() as said:
            _awaited(said, _BEGUN)
            begin = time.monotonic()
            _awaited(said, _ENDED)
            return time.monotonic() - begin

    def is_killed_amid(self, moment: float) -> bool:
        """Kill it after this time, and tell whether it had not ended by then."""
        with self._running() as said:
            _awaited(said, _BEGUN)
            return not select.select([said], [], [], moment)[0]

    def is_killed_at_program(self, index: int) -> bool:
        """Kill it as the program of this index runs; tell whether there is one."""
        with self._running(index) as said:
            _awaited(said, _BEGUN)
            return _awaited(said, _STARTED, _ENDED) == _STARTED

    @contextlib.contextmanager
    def _running(self, program: int = 0) -> Iterator[int]:
        """Run the module in a process, which is killed at the end of the context; the pipe says how far it has come."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _be_run(self._run, self._number, program, writing)
        os.close(writing)
        try:
            yield reading
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)


def _be_run(run: Callable[[], object], number: int, program: int, writing: int) -> None:
    """Be the process of the run."""
    numbers, rehearse = itertools.count(1), concern._inside

    def rehearse_or_stop(function):
        if next(numbers) != number:
            return rehearse(function)
        subprocess.Popen = _telling_popen(program, writing)
        os.write(writing, _BEGUN)
        rehearse(function)
        _stop_at(writing, _ENDED)

    try:
        os.setsid()
        concern._inside = rehearse_or_stop
        print(run())
    finally:
        os._exit(1)


def _telling_popen(program: int, writing: int) -> Callable[..., subprocess.Popen]:
    """A Popen that tells of the program of this index, and keeps it from its work."""
    numbers, start = itertools.count(1), subprocess.Popen

    def start_and_tell(command, **options):
        process = start(command, **options)
        if next(numbers) == program:
            process.send_signal(signal.SIGSTOP)
            _stop_at(writing, _STARTED)
        return process

    return start_and_tell


def _stop_at(writing: int, what: bytes) -> None:
    os.write(writing, what)
    while True:
        signal.pause()


def _awaited(said: int, *wanted: bytes) -> bytes:
    """What the run says next."""
    if not select.select([said], [], [], _PATIENCE)[0]:
        raise TimeoutError("the run says nothing")
    what = os.read(said, 1)
    if what not in wanted:
        raise ValueError(f"the run ended before its rehearsal, or in it ({what!r})")
    return what


def _network() -> list[str]:
    """Interfaces, addresses, routes and settings of the network namespace."""
    listed = [
        line
        for what in ("link", "address", "route")
        for family in ("-4", "-6")
        for line in subprocess.run(["ip", family, what], capture_output=True, text=True, check=True).stdout.splitlines()
    ]
    return listed + [f"{path}: {_content(path)}" for path in sorted(Path("/proc/sys/net").glob("ipv[46]/conf/*/*"))]


def _content(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""  # some can only be written


def _processes() -> list[str]:
    """The processes of this namespace, without those that have ended and that nobody awaits."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return sorted(filter(str.isdigit, os.listdir("/proc")), key=int)
