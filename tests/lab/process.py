# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes known by a file: one that outlives us is started once, and ended by its id and nothing broader."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .command import LabError, wait_for


class ProcessFile:
    """A file with a process's id and start time, so that a reused id is never taken for that process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def name(self, pid: int) -> None:
        """Let the file stand for this process."""
        self.path.write_text(f"{pid} {_start_time(pid)}\n")

    def pid(self) -> int | None:
        """The id of its process, or None if that runs no more."""
        if not self.path.exists():
            return None
        pid, started = self.path.read_text().split()
        return int(pid) if _start_time(int(pid)) == started else None


class Process:
    """A process in the background, which its file knows."""

    def __init__(self, file: Path, log: Path) -> None:
        self.file = ProcessFile(file)
        self.log = log

    def start(self, argv: Sequence[str | Path]) -> None:
        """Start it in a session of its own."""
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # pylint: disable=consider-using-with
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.file.name(child.pid)

    def pid(self) -> int | None:
        """Its id, or None if it runs no more."""
        return self.file.pid()

    def stop(self, how: signal.Signals, seconds: float) -> None:
        """Ask it to end and wait; what does not listen is killed."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, how)
            try:
                wait_for(f"process {pid} ends", lambda: self.pid() is None, seconds)
            except LabError:
                os.kill(pid, signal.SIGKILL)
                wait_for(f"process {pid} ends after SIGKILL", lambda: self.pid() is None, 5)
        self.file.path.unlink(missing_ok=True)


def _start_time(pid: int) -> str | None:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else fields[18]
