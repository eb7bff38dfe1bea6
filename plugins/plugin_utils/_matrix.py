# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port matrix of one host: the catalog's rows, for the relations that the host takes part in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import GATEWAY, RELATIONS, Relation
from ansible_collections.fleet.ports.plugins.plugin_utils._host import Host, Traits
from ansible_collections.fleet.ports.plugins.plugin_utils._party import Part, Party
from ansible_collections.fleet.ports.plugins.plugin_utils._row import CLIENT, SERVER, Row
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import Topology, stand_in

Flow = Mapping[str, object]


@dataclass(frozen=True)
class Exchange:
    """What one relation means for a host."""

    relation: Relation
    # The host's own side; None: it passes on what others say.
    side: str | None
    servers: Party
    clients: Party
    flows: list[Flow]
    peers: Mapping[str, list[str]]

    @property
    def missing(self) -> list[str]:
        """The roles of this relation that no host has."""
        return [party.role for party in (self.servers, self.clients) if not party]


class Matrix:
    """Computes the exchanges of hosts, those of equal hosts only once."""

    def __init__(self, topology: Topology, given_peers: Mapping[str, Iterable[str]]) -> None:
        self._topology = topology
        self._given_peers = given_peers
        self._known: dict[tuple, tuple[list[Flow], Mapping[str, list[str]]]] = {}

    def exchanges(self, host: Host) -> Iterator[Exchange]:
        for relation in RELATIONS:
            if relation.server in host.roles and relation.left_to not in host.roles:
                yield self._exchange(host, relation, SERVER)
            if relation.client in host.roles:
                yield self._exchange(host, relation, CLIENT)
            if relation.routed and GATEWAY in host.roles:
                yield self._exchange(host, relation, None)

    def _exchange(self, host: Host, relation: Relation, side: str | None) -> Exchange:
        servers = Party(relation.server, [host]) if side == SERVER else self._others(host, relation.server, relation, side)
        clients = Party(relation.client, [host]) if side == CLIENT else self._others(host, relation.client, relation, side)
        flows, peers = [], {}
        if servers and clients:
            flows, peers = self._flows(relation, side, servers, clients, host.settings["fleet_ports_profile"])
        return Exchange(relation, side, servers, clients, flows, peers)

    def _others(self, host: Host, role: str, relation: Relation, side: str | None) -> Party:
        if role in self._given_peers:
            return stand_in(host, role, self._given_peers[role])
        if role == "nim_client" and host.settings["nim_client_networks"]:
            return stand_in(host, role, host.settings["nim_client_networks"])
        # A gateway's rows need no such care: those of the other relation open the same.
        left = relation.left_to if side == CLIENT and role == relation.server else None
        return self._topology.party_without(
            role, host.domain, lambda other: other.name == host.name or (left is not None and left in other.roles)
        )

    def _flows(self, relation, side, servers, clients, profile):
        # A party of others is one object for all hosts that see it; the host's own is known by its traits.
        key = (relation, side, profile, *(
            tuple(party.traits) if own else party for party, own in ((servers, side == SERVER), (clients, side == CLIENT))
        ))
        if key not in self._known:
            flows = list(relation_flows(relation, side, servers, clients, profile))
            self._known[key] = flows, peers_of(flows, side, servers, clients)
        return self._known[key]


def relation_flows(relation: Relation, side: str | None, servers: Party, clients: Party, profile: str) -> Iterator[Flow]:
    """Yield the flows of a relation between two parties, seen from one side."""
    parties = {SERVER: servers, CLIENT: clients}
    for row in relation.rows:
        if profile not in row.profiles or (side is None and not row.routed):
            continue
        for source in parties[row.source.side].parts(row, row.source, profile):
            for destination in parties[row.destination.side].parts(row, row.destination, profile):
                yield _flow(row, _direction(row, side), source, destination, parties)


def peers_of(flows: Iterable[Flow], side: str | None, servers: Party, clients: Party) -> dict[str, list[str]]:
    """Return the addresses of the other side, as a whole and by the groups that the flows name."""
    peers = {
        party.role: party.addresses(party.role) for party_side, party in ((SERVER, servers), (CLIENT, clients))
        if party_side != side
    }
    parties = {party.role: party for party in (servers, clients)}
    for flow in flows:
        for end in (flow["source"], flow["destination"]):
            if "peers" in end:
                peers[end["peers"]] = parties[end["role"]].addresses(end["peers"])
    return peers


def _direction(row: Row, side: str | None) -> str:
    if side is None:
        return "forward"
    return "out" if row.source.side == side else "in"


def _flow(row: Row, direction: str, source: Part, destination: Part, parties: Mapping[str, Party]) -> Flow:
    flow = {
        "id": row.id,
        "service": row.service,
        "phase": row.phase,
        "direction": direction,
        "protocol": row.protocol,
        "source": _end(source, parties[row.source.side].role),
        "destination": _end(destination, parties[row.destination.side].role),
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
