# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A background process that outlives us: started once, known by a file, ended by its id and nothing broader."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .command import LabError, wait_for


class Process:
    """A process whose id and start time stand in a file, so that a reused id is never taken for ours."""

    def __init__(self, file: Path, log: Path) -> None:
        self.file = file
        self.log = log

    def start(self, argv: Sequence[str | Path]) -> None:
        """Start it in a session of its own."""
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # pylint: disable=consider-using-with
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.file.write_text(f"{child.pid} {_start_time(child.pid)}\n")

    def pid(self) -> int | None:
        """Its id, or None if it runs no more."""
        if not self.file.exists():
            return None
        pid, started = self.file.read_text().split()
        return int(pid) if _start_time(int(pid)) == started else None

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
        self.file.unlink(missing_ok=True)


def _start_time(pid: int) -> str | None:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else fields[18]
