# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port matrix of one host: the rows of the catalog for the relations in which the host takes part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import GATEWAY, RELATIONS, Relation
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import CLIENT, SERVER, Row
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.classes import Part
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.peer_set import PeerSet, peer_set_of
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.topology import Topology, stand_in

Flow = Mapping[str, object]


@dataclass(frozen=True)
class Exchange:
    """The flows and peers of a host in one relation."""

    relation: Relation
    # The host's own side; None: it only forwards between the two.
    side: str | None
    # Side -> the hosts there.
    sides: Mapping[str, PeerSet]
    flows: list[Flow]
    peers: Mapping[str, list[str]]

    @property
    def missing(self) -> list[str]:
        """The roles of this relation that no other host has."""
        return [each.role for each in self.sides.values() if not each]


class Matrix:
    """Computes the exchanges of hosts; those of equal hosts are computed once."""

    def __init__(self, topology: Topology, given_peers: Mapping[str, Iterable[str]]) -> None:
        self.topology = topology
        self._given_peers = given_peers
        self._known: dict[tuple, list[Flow]] = {}

    def exchanges(self, host: Host) -> Iterator[Exchange]:
        for relation in RELATIONS:
            if relation.server in host.roles and relation.left_to not in host.roles:
                yield self._exchange(host, relation, SERVER)
            if relation.client in host.roles:
                yield self._exchange(host, relation, CLIENT)
            if relation.routed and GATEWAY in host.roles:
                yield self._exchange(host, relation, None)

    def known_as(self, role: str, host: Host) -> list[str]:
        """Return the names and addresses of the hosts of a role in the host's domain."""
        if role in self._given_peers:
            return list(self._given_peers[role])
        others = [other for other in self.topology.in_domain(role, host.domain) if other.name != host.name]
        return [text for other in others for text in (other.name, *other.known_addresses)]

    def known(self, names: Iterable[str], host: Host) -> dict[str, Host]:
        """Return those of the named clients that are in the host's domain; the host itself as requested."""
        found = {name: host if name == host.name else self.topology.host(name) for name in names}
        return {name: each for name, each in found.items() if each.domain == host.domain and not each.is_retired}

    def _exchange(self, host: Host, relation: Relation, side: str | None) -> Exchange:
        others = {other: self._others(host, relation, other, side) for other in (SERVER, CLIENT) if other != side}
        sides = others if side is None else {**others, side: peer_set_of(relation.role_of(side), [host])}
        if not all(sides.values()):
            return Exchange(relation, side, sides, [], {})
        profile = host.settings["fleet_ports_profile"]
        key = (relation, side, profile, *(each.division for each in sides.values()))
        if key not in self._known:
            self._known[key] = list(relation_flows(relation, side, sides, profile))
        flows = self._known[key]
        return Exchange(relation, side, sides, flows, peers_of(flows, others.values(), sides))

    def _others(self, host: Host, relation: Relation, side: str, own_side: str | None) -> PeerSet:
        """Return the hosts at one side of the relation, without the host itself."""
        role = relation.role_of(side)
        if role in self._given_peers:
            return stand_in(host, role, self._given_peers[role])
        if role == "nim_client" and host.settings["nim_client_networks"]:
            return stand_in(host, role, host.settings["nim_client_networks"])
        # A gateway needs no such distinction: the rows of both relations open the same for it.
        left_to = relation.left_to if side == SERVER and own_side == CLIENT else None
        return self.topology.peers(role, host.domain, left_to).without(host.name)


def relation_flows(relation: Relation, side: str | None, sides: Mapping[str, PeerSet], profile: str) -> Iterator[Flow]:
    """Yield the flows of a relation between the hosts of its two sides, seen from one side."""
    for row in relation.rows:
        if profile not in row.profiles or (side is None and not row.routed):
            continue
        for source in sides[row.source.side].division.parts(row, row.source, profile):
            for destination in sides[row.destination.side].division.parts(row, row.destination, profile):
                yield _flow(row, _direction(row, side), source, destination, sides)


def peers_of(flows: Iterable[Flow], others: Iterable[PeerSet], sides: Mapping[str, PeerSet]) -> dict[str, list[str]]:
    """Return the addresses of the others by role, and by the groups that the flows name."""
    peers = {other.role: other.addresses(other.role) for other in others}
    by_role = {each.role: each for each in sides.values()}
    for flow in flows:
        for end in (flow["source"], flow["destination"]):
            if "peers" in end and end["peers"] not in peers:
                peers[end["peers"]] = by_role[end["role"]].addresses(end["peers"])
    return peers


def _direction(row: Row, side: str | None) -> str:
    if side is None:
        return "forward"
    return "out" if row.source.side == side else "in"


def _flow(row: Row, direction: str, source: Part, destination: Part, sides: Mapping[str, PeerSet]) -> Flow:
    flow = {
        "id": row.id,
        "service": row.service,
        "phase": row.phase,
        "direction": direction,
        "protocol": row.protocol,
        "source": _end(source, sides[row.source.side].role),
        "destination": _end(destination, sides[row.destination.side].role),
        "initiates": row.initiates,
        "documented": row.documented,
        "reference": row.reference,
    }
    if row.reason is not None:
        flow["reason"] = row.reason
    return flow


def _end(part: Part, role: str) -> Mapping[str, object]:
    end = {"role": role, "ports": list(part.ports)}
    if part.group != role:
        end["peers"] = part.group
    return end
