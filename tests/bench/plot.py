# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The curves as one picture: a plot for each pair of axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import StrMethodFormatter

from .figures import Curve

COLUMNS = 2
# How far apart the ends of an axis have to be for it to be a logarithmic one.
ORDERS_OF_MAGNITUDE = 100
# Text stays text, and the same curves give the same file.
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "fleet.ports", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}


def write(file: Path, curves: Sequence[Curve]) -> None:
    """Draw them."""
    axes = list(dict.fromkeys((curve.x, curve.y) for curve in curves))
    rows = -(-len(axes) // COLUMNS)
    with matplotlib.rc_context(STYLE):
        picture = Picture(figsize=(10, 3.6 * rows), layout="constrained")
        places = picture.subplots(rows, COLUMNS, squeeze=False).flat
        for (x, y), place in zip(axes, places):
            _draw(place, x, y, [curve for curve in curves if (curve.x, curve.y) == (x, y)])
        for place in list(places):
            place.set_axis_off()
        picture.savefig(file, format="svg", metadata={"Date": None})


def _draw(place: Axes, x: str, y: str, curves: Sequence[Curve]) -> None:
    for curve in curves:
        place.plot(*zip(*curve.points), marker="o", markersize=3, label=curve.label)
    sizes = [point[0] for curve in curves for point in curve.points]
    if max(sizes) > ORDERS_OF_MAGNITUDE * min(sizes):
        place.set_xscale("log")
    else:
        place.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    place.set_ylim(bottom=0)
    place.set_xlabel(x)
    place.set_ylabel(y)
    place.legend()
