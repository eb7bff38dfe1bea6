# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A figure: what was measured, beside what it was to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the report; ``unit`` is "s" for seconds, "×" for a ratio, "" for a count."""

    what: str
    measured: float
    target: float
    unit: str
    how: str

    def cells(self) -> tuple[str, ...]:
        """The line's cells, in the order of ``HEAD``."""
        verdict = "met" if self.measured <= self.target else "MISSED"
        return (self.what, self._shown(self.measured), f"≤ {self._shown(self.target)}", verdict, self.how)

    def _shown(self, value: float) -> str:
        return f"{value:.3g} {self.unit}" if self.unit else f"{value:,}"


HEAD = ("what", "measured", "target", "", "how")


def ratio(what: str, times: Sequence[float], reference: Sequence[float], target: float, how: str) -> Figure:
    """The ratio of two medians; both series belong to one run and took turns."""
    shown = f"{how}: {median(times):.2f} s against {median(reference):.2f} s, {_series(times)}"
    return Figure(what, median(times) / median(reference), target, "×", shown)


def seconds(what: str, times: Sequence[float], target: float, how: str) -> Figure:
    """A median time."""
    return Figure(what, median(times), target, "s", f"{how}, {_series(times)}")


def _series(times: Sequence[float]) -> str:
    return f"medians of {len(times)}" if len(times) > 1 else "measured once"


def table(figures: Sequence[Figure]) -> str:
    """All figures as a table in Markdown that is aligned for the terminal too."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
