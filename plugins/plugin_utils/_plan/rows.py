# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of a plan as flat rows with addresses; and the rows of a fleet, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES, PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.address_pairs import (
    DESTINATION,
    SOURCE,
    Addresses,
    Aggregates,
    Pair,
    fewest,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan


class Kind(NamedTuple):
    """Everything of a row but its addresses."""

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
    """Return each row once; several times with different addresses if its hosts do not all have the same peers."""
    pairs: dict[Kind, dict[Pair, None]] = {}
    for plan in plans:
        for row in rows_of(plan):
            pairs.setdefault(row.kind, {})[_pair(row, plan)] = None
    aggregates = Aggregates()
    rows = [FlatRow("", kind, *pair) for kind, told in pairs.items() for pair in fewest(told, aggregates)]
    # Within a phase in the catalog's order, which the plans have.
    return sorted(rows, key=lambda row: (row.kind.domain, PHASES.index(row.kind.phase)))


def _pair(row: FlatRow, plan: Plan) -> Pair:
    """Return source and destination addresses; a host with both roles is added to its peers, as in their plans."""
    ends = [row.source_addresses, row.destination_addresses]
    if row.direction != "forward" and {row.kind.source_role, row.kind.destination_role}.issubset(plan["roles"]):
        remote = SOURCE if row.direction == "in" else DESTINATION
        ends[remote] += tuple(plan["addresses"])
    return tuple(ends)


def _addresses_of(end: Mapping[str, object], own: Addresses | None, peers: Mapping[str, list[str]]) -> Addresses:
    group = end.get("peers")
    if own is not None and group not in PSEUDO_PEERS:
        return own
    return tuple(peers[group or end["role"]])
