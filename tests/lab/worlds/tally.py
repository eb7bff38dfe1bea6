# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many worlds were tried, with what outcome, and how many packets said so."""

from __future__ import annotations

from collections import Counter

from .trial import Report


class Tally:
    """The count."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._flows = self._packets = self._exceptions = 0

    def add(self, report: Report) -> None:
        """Count a world."""
        self._outcomes[report.outcome] += 1
        self._flows += report.flows
        self._packets += report.packets
        self._exceptions += bool(report.flaws)

    def lines(self) -> list[str]:
        """One line, or none if nothing was tried."""
        if not self._outcomes:
            return []
        outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(self._outcomes.items()))
        return [
            f"worlds: {self._outcomes.total():,} rulesets ({outcomes}), {self._flows:,} flows, {self._packets:,} packets,"
            f" {self._exceptions:,} exceptions"
        ]
