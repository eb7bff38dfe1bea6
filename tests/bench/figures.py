# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured: a figure, beside its bound, and a curve, for a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the report; ``unit`` is such as "s" or "×", or "" for a count, and a ``bound`` of None is none."""

    what: str
    measured: float
    bound: float | None
    unit: str
    how: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bound does."""
        if self.bound is None:
            return True
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def cells(self) -> tuple[str, ...]:
        """The line's cells, in the order of ``HEAD``."""
        if self.bound is None:
            return (self.what, self._shown(self.measured), "", "", self.how)
        bound = f"{'≥' if self.at_least else '≤'} {self._shown(self.bound)}"
        return (self.what, self._shown(self.measured), bound, "met" if self.holds else "MISSED", self.how)

    def _shown(self, value: float) -> str:
        return f"{value:.3g} {self.unit}" if self.unit else f"{value:,}"


@dataclass(frozen=True)
class Curve:
    """One line of a plot; curves with the same ``x`` and ``y``, which name the axes, are in one plot."""

    x: str
    y: str
    label: str
    points: Sequence[tuple[float, float]]


HEAD = ("what", "measured", "bound", "", "how")


def ratio(
    what: str,
    times: Sequence[float],
    reference: Sequence[float],
    bound: float,
    how: str,
    unit: str = "s",
    at_least: bool = False,
) -> Figure:
    """The ratio of two medians; both series belong to one run and took turns."""
    shown = f"{how}: {_spread(times)} {unit} against {_spread(reference)} {unit}, {_series(times)}"
    return Figure(what, median(times) / median(reference), bound, "×", shown, at_least)


def seconds(what: str, times: Sequence[float], bound: float, how: str) -> Figure:
    """A median time."""
    return Figure(what, median(times), bound, "s", f"{how}, {_series(times)}")


def _spread(times: Sequence[float]) -> str:
    """A median, and the range that it is of."""
    middle = f"{median(times):.3g}"
    return middle if len(times) == 1 else f"{middle} ({min(times):.3g} to {max(times):.3g})"


def _series(times: Sequence[float]) -> str:
    return f"medians of {len(times)}" if len(times) > 1 else "measured once"


def table(figures: Sequence[Figure]) -> str:
    """All figures as a table in Markdown that is aligned for the terminal too."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
