# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a run, counted as they come; at one of them something happens, just before or just after it.

A step is a call that changes something or can fail for want of room: each file that is opened to be written, each write,
each rename, each program that is started, each message to a service. Python itself tells of them, so that the program
under test is the one that is shipped.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

STEPS = {
    "posix": {
        "chmod", "chown", "fchmod", "fchown", "ftruncate", "kill", "killpg", "link", "mkdir", "remove",
        "rename", "replace", "rmdir", "setxattr", "symlink", "truncate", "unlink", "write",
    },
    "_posixsubprocess": {"fork_exec"},
    "_io": {"write", "writelines", "flush"},
    "socket": {"bind", "connect", "send", "sendall", "sendmsg"},
}  # fmt: skip
START = "fork_exec"
OPEN = "open"
CALLS = frozenset({OPEN}.union(*STEPS.values()))

# What a file system that can only be read refuses; opening stands for all that is to be written. One without room may
# find that out no sooner than it has to write down what it was given.
WRITES = frozenset({OPEN, "ftruncate", "link", "mkdir", "rename", "symlink", "write"})
SYNC = "fsync"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

Happen = Callable[[], None]


class Steps:
    """The steps of this process from now on: ``happen`` before the step of this number, or after it.

    With ``only`` steps of other names don't count.
    """

    def __init__(self, number: int, happen: Happen, after: bool = False, only: Collection[str] = ()) -> None:
        self._left = number
        self._happen = happen
        self._after = after
        self._only = only
        self._name = self._pending = ""
        self._note = -1

    def count(self, note: int) -> None:
        """Begin; the name of the step at which it happens is written to a descriptor.

        What a child does is not counted: it works on a copy of the host.
        """
        self._note = note
        os.register_at_fork(after_in_child=self.end)
        sys.addaudithook(self._audited)
        sys.setprofile(self._profiled)

    def end(self) -> None:
        """Don't look at what comes now."""
        sys.setprofile(None)

    @contextlib.contextmanager
    def played(self, name: str) -> Iterator[None]:
        """Count a step that something in this process plays, whose own steps are none of ours."""
        self._step(name)
        sys.setprofile(None)
        yield
        sys.setprofile(self._profiled)
        if self._pending == name:
            self._now()

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and sys.getprofile() and arguments[2] & WRITING:
            if isinstance(arguments[0], str) and arguments[0] != os.devnull:
                self._step(OPEN, f" {arguments[0]}")

    def _profiled(self, _frame: object, event: str, function: Any) -> None:
        if event == "c_call":
            name = step_of(function)
            if name:
                self._step(name)
        elif event == "c_return" and self._pending and step_of(function) == self._pending:
            self._now()

    def _step(self, name: str, of: str = "") -> None:
        if self._only and name not in self._only:
            return
        self._left -= 1
        if self._left == 0:
            self._name = name + of
            if self._after:
                self._pending = name
            else:
                self._now()

    def _now(self) -> None:
        self._pending = ""
        os.write(self._note, self._name.encode())
        self._happen()


def step_of(function: Any) -> str:
    """The name of a call that is a step, empty for any other; what is said on standard output is none."""
    if getattr(function, "__self__", None) in (sys.stdout, sys.stdout.buffer):
        return ""
    name = getattr(function, "__name__", "")
    where = getattr(function, "__module__", None) or type(getattr(function, "__self__", None)).__module__
    return name if name in STEPS.get(where, ()) else ""


def kill() -> None:
    """Die, and nothing else: what was started goes on."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_all() -> None:
    """Die together with all that was started."""
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)
    kill()


def nothing() -> None:
    """Let it pass: what happens has been prepared."""


def refuse(number: int) -> Happen:
    """Let the step fail with an error of the system."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail
