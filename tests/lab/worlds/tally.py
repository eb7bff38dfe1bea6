# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many worlds were tried, with what outcome, and how many packets said so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from .trial import OPENED, REFUSED, UNREACHABLE, Report

_OUTCOMES = (OPENED, REFUSED, UNREACHABLE)


class Tally:
    """The count."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()

    def add(self, report: Report) -> None:
        """Count a world."""
        self.add_numbers({
            "rulesets": 1, report.outcome: 1, "flows": report.flows, "packets": report.packets,
            "exceptions": int(bool(report.flaws)),
        })  # fmt: skip

    def as_numbers(self) -> dict[str, int]:
        """The count as plain data."""
        return dict(self._numbers)

    def add_numbers(self, numbers: Mapping[str, int]) -> None:
        """Add what another process counted."""
        self._numbers.update(numbers)

    def lines(self) -> list[str]:
        """One line, or none if nothing was tried."""
        if not self._numbers["rulesets"]:
            return []
        outcomes = ", ".join(f"{self._numbers[name]:,} {name}" for name in _OUTCOMES if self._numbers[name])
        counted = (f"{self._numbers[name]:,} {name}" for name in ("flows", "packets", "exceptions"))
        return [f"worlds: {self._numbers['rulesets']:,} rulesets ({outcomes}), {', '.join(counted)}"]
