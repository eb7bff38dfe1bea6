# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many packets were tried, and each one whose fate was not what the matrix says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from .matrix import Flows
from .packets import Packet


class Mismatch(NamedTuple):
    """A packet whose fate is not what the matrix says; `place` is where it was, or was not, seen."""

    packet: Packet
    place: str
    flows: Flows

    def __str__(self) -> str:
        if self.flows:
            return f"{self.packet} did not arrive {self.place}, and the matrix opens it: {', '.join(self.flows)}."
        return f"{self.packet} arrived {self.place}, and the matrix opens no flow for it."


class Tally:
    """The count, by what enforced."""

    def __init__(self) -> None:
        self._tried: Counter[str] = Counter()
        self._mismatches: Counter[str] = Counter()

    def add(self, enforced_by: str, tried: int, mismatches: Collection[object]) -> None:
        """Count what was tried."""
        self._tried[enforced_by] += tried
        self._mismatches[enforced_by] += len(mismatches)

    def lines(self) -> list[str]:
        """One line for each way, and the sum last."""
        each = [_line(f"{name}: ", self._tried[name], self._mismatches[name]) for name in sorted(self._tried)]
        return [*each, _line("", self._tried.total(), self._mismatches.total())] if each else []


def _line(about: str, tried: int, mismatches: int) -> str:
    return f"conformance: {about}{tried:,} packets, {mismatches:,} mismatches"
