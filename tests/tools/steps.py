# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A step of the test run: one command, announced by one line with its outcome and its time."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import tally
from .places import OUTPUT
from .tally import Tally

_LINES_SHOWN = 40


@dataclass(frozen=True)
class Step:
    """One command; ``reports`` is a pattern of the reports in JUnit's format that it leaves, if it does.

    Lines of its log that begin with ``tells`` are worth showing even if all went well.
    """

    title: str
    command: Sequence[str | Path]
    environ: dict[str, str]
    folder: Path
    reports: Path | None = field(default=None)
    tells: str | None = field(default=None)

    @property
    def log(self) -> Path:
        """The file that keeps all that the command said."""
        return OUTPUT / "log" / (re.sub(r"[^a-z0-9.]+", "-", self.title.lower()).strip("-") + ".log")

    def run(self) -> Tally:
        """Run the command without a terminal and without input; show what it tells, and the end of it if it failed."""
        print(f"{self.title:<62} ", end="", flush=True)
        started = time.monotonic()
        for report in self._report_files():
            report.unlink()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            status = subprocess.run(self.command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=subprocess.STDOUT, check=False).returncode
        result = tally.of_step(status, tally.of_reports(self._report_files()))
        skipped = f", {result.skipped} skipped" if result.skipped else ""
        print(f"{result}{skipped}  ({time.monotonic() - started:.0f} s)", flush=True)
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        if self.tells:
            _show(line for line in lines if line.startswith(self.tells))
        if result.failed:
            _show(lines[-_LINES_SHOWN:])
            print(f"    the whole log: {self.log}", flush=True)
        return result

    def _report_files(self) -> list[Path]:
        return sorted(self.reports.parent.glob(self.reports.name)) if self.reports else []


def _show(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"    | {line}\n" for line in lines)
    sys.stdout.flush()


def run(steps: Iterable[Step]) -> Tally:
    """Run each step as it comes, whatever became of those before, and end with one plain line."""
    total = sum((step.run() for step in steps), Tally())
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(total, flush=True)
    return total
