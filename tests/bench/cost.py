# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a program costs: its wall time, the CPU time of all its processes, and the memory of the largest of them."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class BenchError(Exception):
    """What kept a figure from being measured, as one sentence."""


@dataclass(frozen=True)
class Cost:
    """The cost of one run; ``finished`` is false if it was ended before it was done, and then all else is a part.

    ``hosts_cpu_seconds`` is what the hosts of a lab spent in the meantime.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    finished: bool
    output: str
    hosts_cpu_seconds: float = 0.0


def cost_of(
    argv: Sequence[str | Path], settings: Mapping[str, str] | None = None, at_most: float | None = None
) -> Cost:
    """Run a program that has to succeed, with these environment variables besides ours; end it after ``at_most`` s."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        started = time.monotonic()
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            argv, env=os.environ | (settings or {}), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True)  # fmt: skip
        finished = at_most is None or _ends(process, at_most)
        if not finished:
            os.killpg(process.pid, signal.SIGKILL)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if finished and process.returncode:
        raise BenchError(f"{' '.join(map(str, argv))} failed:\n{said[-3000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, finished, said)


def _ends(process: subprocess.Popen, seconds: float) -> bool:
    """Wait for a process to end, without taking its resource usage away from who asks for that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(0.05)
    return False
