# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running other programs and waiting for things: what fails says so in one sentence."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class LabError(Exception):
    """The lab can't do what was asked; the message is one sentence for the user."""


def run(argv: Sequence[str | Path], stdin: str | None = None) -> str:
    """Run a program that has to succeed, and give back what it wrote."""
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        lists = "tests/requirements/debian.txt and tests/lab/packages.txt"
        raise LabError(f"{argv[0]} is not installed: install what {lists} list.") from error
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip()
        raise LabError(f"`{' '.join(map(str, argv))}` failed with status {done.returncode}: {complaint}")
    return done.stdout


def wait_for(what: str, is_there: Callable[[], bool], seconds: float, evidence: Path | None = None) -> None:
    """Wait until something is there; after so many seconds say what was missing and show the end of its log."""
    deadline = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {seconds:.0f} s{tail(evidence)}")
        time.sleep(0.1)


def tail(log: Path | None, lines: int = 15) -> str:
    """The end of a log, as the end of a sentence."""
    if log is None or not log.exists():
        return "."
    end = "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return f". The end of {log}:\n{end}"
