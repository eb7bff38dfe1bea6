# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A step of the test run: one command, announced by one line with its outcome and its time."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import tally
from .places import OUTPUT
from .tally import Tally

_LINES_SHOWN = 40
# Steps of several lanes have their say one after the other.
_screen = threading.Lock()


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
        started = time.monotonic()
        for report in self._report_files():
            report.unlink()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            status = subprocess.run(self.command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=subprocess.STDOUT, check=False).returncode
        result = tally.of_step(status, tally.of_reports(self._report_files()))
        with _screen:
            self._show(result, time.monotonic() - started)
        return result

    def _show(self, result: Tally, seconds: float) -> None:
        skipped = f", {result.skipped} skipped" if result.skipped else ""
        print(f"{self.title:<62} {result}{skipped}  ({seconds:.0f} s)")
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = [line for line in lines if self.tells and line.startswith(self.tells)]
        if result.failed:
            shown += [*lines[-_LINES_SHOWN:], f"the whole log: {self.log}"]
        sys.stdout.writelines(f"    | {line}\n" for line in shown)
        sys.stdout.flush()

    def _report_files(self) -> list[Path]:
        return sorted(self.reports.parent.glob(self.reports.name)) if self.reports else []


def run(*lanes: Iterable[Step]) -> Tally:
    """Run the steps of each lane one after the other, lanes side by side, and end with one plain line.

    A step is run whatever became of those before.
    """
    with ThreadPoolExecutor(len(lanes)) as pool:
        total = sum(pool.map(_run_lane, lanes), Tally())
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(total, flush=True)
    return total


def _run_lane(steps: Iterable[Step]) -> Tally:
    return sum((step.run() for step in steps), Tally())
