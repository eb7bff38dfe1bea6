# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to fail when rows are taken out of the plan: computed from the plans, never from the rules.

Rows overlap: a packet is closed only when every row that lets it pass is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network

from .exchange import Exchange, Opening, Way

Rows = frozenset[str]
Plans = Mapping[str, Mapping]
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


def _carriers_at(way: Way, opening: Opening, plan: Mapping) -> Rows:
    return frozenset(
        flow["id"]
        for flow in plan["flows"]
        if flow["initiates"]
        and flow["direction"] == way.direction
        and flow["protocol"] == opening.protocol
        and _within(opening.source_ports, flow["source"]["ports"])
        and _within(opening.destination_ports, flow["destination"]["ports"])
        and _is_among(opening.source, flow["source"], plan)
        and (way.direction == "in" and _is_whole_host(flow["destination"])
             or _is_among(opening.destination, flow["destination"], plan))
    )


def _is_whole_host(own_end: Mapping) -> bool:
    """What comes to a host is for it, whatever address it is sent to, unless the row is of broadcasts only."""
    return own_end.get("peers") != "broadcast"


def _is_among(address: str, end: Mapping, plan: Mapping) -> bool:
    networks = plan["peers"][end.get("peers") or end["role"]]
    return any(ip_address(address) in ip_network(network) for network in networks)


def _within(ports: str, allowed: Iterable[str]) -> bool:
    """Whether a range lies within one of others."""
    first, last = _bounds(ports)
    return any(low <= first and last <= high for low, high in map(_bounds, allowed))


def _bounds(ports: str) -> tuple[int, int]:
    first, _dash, last = ports.partition("-")
    return int(first), int(last or first)
