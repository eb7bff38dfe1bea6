# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packets that are tried in a world: of each flow the edges, and of strangers whatever is beside them."""

from __future__ import annotations

import ipaddress
import itertools
import random
from collections.abc import Iterator, Sequence

from ..conformance.packets import Packet, Ports
from .network import Interface, interface_towards
from .requests import Flow, Request
from .traffic import BROADCAST, Probe

UNADDRESSED = "0.0.0.0"
# In no peer group of any request: on the links, and beyond a router.
STRANGERS = ("192.0.2.201", "203.0.113.201", "2001:db8:1::201", "2001:db8:dead::201")
BEHIND_GATEWAY = ("198.51.100.201", "2001:db8:2::201")
# Whoever manages the host.
ADMINISTRATORS = {4: "192.0.2.222", 6: "2001:db8:1::222"}
SSH_PORT = 22
_PEERS_TRIED = 5
_RANDOM_PACKETS = 24


class Prober:
    """Finds the packets for one request on one host; ``named`` are addresses that the host's rules name."""

    def __init__(
        self, interfaces: tuple[Interface, ...], request: Request, named: Sequence[str], dice: random.Random
    ) -> None:
        self._interfaces = interfaces
        self._request = request
        self._named = named
        self._dice = dice
        # The host's own addresses, and those of whole links.
        self._no_peers = {each.address(version) for each in interfaces for version in (4, 6)}
        for net in (net for each in interfaces for net in each.networks):
            self._no_peers |= {str(net.network_address), str(net.broadcast_address)}

    def probes(self, hook: str, packet: Packet) -> list[Probe]:
        """The packet with its ways; a broadcast may come by any interface, some packets have no way on this host."""
        sides = [packet.source] * (hook != "output"), [packet.destination] * (hook != "input")
        ways = itertools.product(*(self._interfaces_of(*side) if side else [""] for side in sides))
        return [Probe(hook, enters, leaves, packet) for enters, leaves in ways if enters != leaves]

    def management(self) -> list[Probe]:
        """New connections of those who manage the host; from two ports, as any connection has another."""
        return [
            probe
            for admin in ADMINISTRATORS.values()
            for port in (50022, 61234)
            for probe in self.probes("input", Packet(admin, self._own(admin), Ports("tcp", port, SSH_PORT)))
        ]

    def of_flow(self, flow: Flow) -> Iterator[Probe]:
        """The first packet at each edge of its port ranges, between several of the peers."""
        edges = [
            (source, destination)
            for number in (0, -1)
            for source, destination in _pairs(
                [ports[number] for ports in flow.source.ranges], [ports[number] for ports in flow.destination.ranges]
            )
        ]
        for source, destination in self._ends(flow):
            for ports in edges:
                for probe in self.probes(flow.hook, Packet(source, destination, Ports(flow.protocol, *ports))):
                    if flow in self._request.flows_of(probe):
                        yield probe

    def of_strangers(self) -> Iterator[Probe]:
        """What no flow has: other senders, other ports, another protocol, and random packets."""
        for flow in self._request.flows:
            for packet in self._beside(flow):
                yield from self._if_strange(flow.hook, packet)
        for _count in range(_RANDOM_PACKETS):
            hook = self._dice.choice(["input", "output"] + ["forward"] * (len(self._interfaces) > 1))
            yield from self._if_strange(hook, self._random_packet(hook))

    def _if_strange(self, hook: str, packet: Packet) -> Iterator[Probe]:
        return (probe for probe in self.probes(hook, packet) if not self._request.flows_of(probe))

    def _beside(self, flow: Flow) -> Iterator[Packet]:
        ends = list(self._ends(flow))
        if not ends:
            return
        first, last = (end.ranges[0] for end in (flow.source, flow.destination))
        inside = Ports(flow.protocol, first[0], last[0])
        outside = [
            inside._replace(protocol={"tcp": "udp", "udp": "tcp"}[flow.protocol]),
            *(inside._replace(source=port) for port in (first[0] - 1, first[1] + 1) if 0 < port < 65536),
            *(inside._replace(destination=port) for port in (last[0] - 1, last[1] + 1) if 0 < port < 65536),
        ]
        source, destination = self._dice.choice(ends)
        for ports in outside:
            yield Packet(source, destination, ports)
        for stranger in self._strangers(4 if "." in source else 6):
            if flow.hook != "output":
                yield Packet(stranger, destination, inside)
            if flow.hook != "input":
                yield Packet(source, stranger, inside)

    def _random_packet(self, hook: str) -> Packet:
        version = self._dice.choice((4, 6))
        known = [each for each in (*self._strangers(version), *self._members(version)) if each != BROADCAST]
        source, destination = self._dice.choice(known), self._dice.choice(known)
        if hook == "input":
            destination = self._own(source)
        if hook == "output":
            source = self._own(destination)
        ports = [self._dice.choice((self._dice.randint(1, 65535), self._dice.randint(1, 1023))) for _end in range(2)]
        return Packet(source, destination, Ports(self._dice.choice(("tcp", "udp")), *ports))

    def _members(self, version: int) -> list[str]:
        return [
            address for group in self._request.peers for address in self._tried(group)
            if ipaddress.ip_address(address).version == version and address != UNADDRESSED
        ]

    def _strangers(self, version: int) -> list[str]:
        chosen = STRANGERS + BEHIND_GATEWAY if len(self._interfaces) > 1 else STRANGERS
        return [each for each in chosen if ipaddress.ip_address(each).version == version]

    def _ends(self, flow: Flow) -> Iterator[tuple[str, str]]:
        """Pairs of sender and receiver: each of the first's peers, and each of the second's, once or more."""
        sources = self._tried(flow.source.peers) if flow.source.peers else None
        destinations = self._tried(flow.destination.peers) if flow.destination.peers else None
        if sources is None and destinations is None:
            return
        if sources is None:
            yield from ((self._own(each), each) for each in destinations)
        elif destinations is None:
            yield from ((each, self._own(each)) for each in sources)
        else:
            for family in (".", ":"):
                yield from _pairs(*([each for each in side if family in each] for side in (sources, destinations)))

    def _tried(self, group: str) -> list[str]:
        """Members of the group: those that rules name, the first and the last of each network, and one in between."""
        found = [address for address in self._named if self._request.is_peer(group, address)][:8]
        for cidr in self._request.peers[group]:
            net = ipaddress.ip_network(cidr, strict=False)
            if net.num_addresses == 1:
                found.append(str(net[0]))
            else:
                last = min(net.num_addresses, 1 << 16) - 1
                found += [str(net[number]) for number in (1, last - 1, self._dice.randrange(1, min(last, 200)))]
        found = [each for each in dict.fromkeys(found) if each not in self._no_peers]
        if len(found) <= 2 * _PEERS_TRIED:
            return found
        return found[:_PEERS_TRIED] + self._dice.sample(found[_PEERS_TRIED:], _PEERS_TRIED)

    def _own(self, peer: str) -> str:
        """The host's own address that speaks with a peer."""
        return interface_towards(self._interfaces, peer).address(6 if ":" in peer else 4)

    def _interfaces_of(self, address: str) -> list[str]:
        if address == UNADDRESSED:
            return [each.name for each in self._interfaces]
        if address == BROADCAST:
            return [self._interfaces[0].name]
        return [interface_towards(self._interfaces, address).name]


def _pairs(first: Sequence, second: Sequence) -> list[tuple]:
    """Each of the first with one of the second and the other way round."""
    if not (first and second):
        return []
    longest = max(len(first), len(second))
    return list(dict.fromkeys((first[n % len(first)], second[n % len(second)]) for n in range(longest)))
