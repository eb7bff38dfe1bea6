# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan's flows with their addresses filled in, as flat rows; and the rows of a fleet, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._addresses import aggregate
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import PHASES, PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import Plan

Addresses = tuple[str, ...]


class Kind(NamedTuple):
    """What makes two rows the same but for the addresses."""

    domain: str
    phase: str
    service: str
    id: str
    protocol: str
    source_role: str
    source_ports: str
    destination_role: str
    destination_ports: str
    initiates: bool
    documented: bool
    reference: str
    reason: str


class FlatRow(NamedTuple):
    direction: str
    kind: Kind
    source_addresses: Addresses
    destination_addresses: Addresses


def rows_of(plan: Plan) -> Iterator[FlatRow]:
    """Yield the flows of one host."""
    own = tuple(plan["addresses"])
    for flow in plan["flows"]:
        source, destination = flow["source"], flow["destination"]
        kind = Kind(
            plan["domain"],
            flow["phase"],
            flow["service"],
            flow["id"],
            flow["protocol"],
            source["role"],
            " ".join(source["ports"]),
            destination["role"],
            " ".join(destination["ports"]),
            flow["initiates"],
            flow["documented"],
            flow["reference"],
            flow.get("reason", ""),
        )
        yield FlatRow(
            flow["direction"],
            kind,
            _addresses_of(source, own if flow["direction"] == "out" else None, plan["peers"]),
            _addresses_of(destination, own if flow["direction"] == "in" else None, plan["peers"]),
        )


def rows_of_fleet(plans: Iterable[Plan]) -> list[FlatRow]:
    """Return each row once, between all who have it in their plans, phase by phase."""
    ends: dict[Kind, tuple[set[str], set[str]]] = {}
    for plan in plans:
        for row in rows_of(plan):
            sources, destinations = ends.setdefault(row.kind, (set(), set()))
            sources.update(row.source_addresses)
            destinations.update(row.destination_addresses)
    merged: dict[frozenset[str], Addresses] = {}
    rows = [
        FlatRow("", kind, _aggregated(sources, merged), _aggregated(destinations, merged))
        for kind, (sources, destinations) in ends.items()
    ]
    # Within a phase in the catalog's order, which the plans have.
    return sorted(rows, key=lambda row: (row.kind.domain, PHASES.index(row.kind.phase)))


def _addresses_of(end: Mapping[str, object], own: Addresses | None, peers: Mapping[str, list[str]]) -> Addresses:
    group = end.get("peers")
    if own is not None and group not in PSEUDO_PEERS:
        return own
    return tuple(peers[group or end["role"]])


def _aggregated(addresses: set[str], merged: dict[frozenset[str], Addresses]) -> Addresses:
    """Aggregate a set of addresses; most rows share theirs with others."""
    key = frozenset(addresses)
    if key not in merged:
        merged[key] = tuple(aggregate(key))
    return merged[key]
