# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many tests passed, failed and were skipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Tally:
    """A count of tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def of_reports(reports: Iterable[Path]) -> Tally:
    """What reports in JUnit's format say."""
    total = Tally()
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            outcomes = {outcome.tag for outcome in case}
            if outcomes & {"failure", "error"}:
                total += Tally(failed=1)
            elif "skipped" in outcomes:
                total += Tally(skipped=1)
            else:
                total += Tally(passed=1)
    return total


def of_step(status: int, reported: Tally) -> Tally:
    """What a step counts for: its reported tests, or itself; and it has never passed if its command failed."""
    if status and not reported.failed:
        return reported + Tally(failed=1)
    return reported if reported != Tally() else Tally(passed=1)
