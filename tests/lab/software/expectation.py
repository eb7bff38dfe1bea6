# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to fail when rows are taken out of the plan: computed from the plans, never from the rules.

Rows overlap: a packet is closed only when every row that lets it pass is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..conformance import matrix
from .exchange import Exchange, Opening, Way

Rows = frozenset[str]
Plans = Mapping[str, matrix.Plan]
NOTHING: Rows = frozenset()


def carriers(opening: Opening, plans: Plans) -> list[Rows]:
    """At each packet filter that the opening has to pass and that has a plan, the rows that let it."""
    return [_carriers_at(way, opening, plans[way.host]) for way in opening.ways if way.host in plans]


def cuts(exchanges: Iterable[Exchange], plans: Plans) -> set[Rows]:
    """The least sets of rows whose loss closes a way that some exchange needs."""
    return {rows for each in exchanges for opening in each.openings for rows in carriers(opening, plans) if rows}


def failing(exchanges: Iterable[Exchange], plans: Plans, without: Rows) -> set[str]:
    """The exchanges that need a packet which no row lets pass any more."""
    return {
        each.name
        for each in exchanges
        if any(rows <= without for opening in each.openings for rows in carriers(opening, plans))
    }


def enforced_rows(plans: Plans) -> Rows:
    """All rows for which a packet filter has a rule."""
    return frozenset(
        flow["id"]
        for plan in plans.values()
        for flow in plan["flows"]
        if flow["initiates"] and flow["direction"] != "out"
    )


def spare_rows(cut_sets: Iterable[Rows]) -> Rows:
    """Rows that can go all at once, since of each set that lets the same packets pass one stays."""
    kept: set[str] = set()
    for rows in sorted(cut_sets, key=len):
        if not kept & rows:
            kept.add(min(rows))
    return frozenset().union(*cut_sets) - kept


def _carriers_at(way: Way, opening: Opening, plan: matrix.Plan) -> Rows:
    begin, end = matrix.port_range(opening.source_ports), matrix.port_range(opening.destination_ports)
    return frozenset(
        box.flow
        for box in matrix.Opening(plan, way.direction, opening.source, opening.destination).boxes
        if box.protocol == opening.protocol and _within(begin, box.source) and _within(end, box.destination)
    )


def _within(ports: range, allowed: range) -> bool:
    return ports[0] in allowed and ports[-1] in allowed
