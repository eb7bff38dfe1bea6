# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Samples: the few packets between two hosts that represent all.

* For a permitted path: the first and the last port of each range, at both ends, and random ports between them. Each
  port of either end is used at least once, not in every combination.
* For forbidden traffic: the ports just outside of each range, at one end at a time, unless another flow opens them.
* For each protocol a control: a packet between random ports that no flow opens. If it passes, the host drops nothing by
  default.

No packet is the reverse of another one: a stateful firewall would take it for the reply, and pass it without a rule.
Nor is it the reverse of a packet of an earlier run, which firewalls remember for minutes. Therefore the seed determines
only the random ports and the controls, and all other choices are the same in each run.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ansible_collections.fleet.ports.plugins.plugin_utils._net import port_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._net.port_sets import HIGHEST, LOWEST, Ports
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint, Way
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.permitted_paths import (
    Openings,
    PermittedPath,
    permitted_paths,
)

PASS, DROP, CONTROL = "pass", "drop", "control"

# Controls avoid the system ports, where a service may be open to other hosts.
_CONTROL_PORTS = (1024, HIGHEST)
_CONTROL_ATTEMPTS = 200


@dataclass(frozen=True)
class Packet:
    protocol: str
    source: tuple[str, int]
    destination: tuple[str, int]

    @property
    def reverse(self) -> Packet:
        return Packet(self.protocol, self.destination, self.source)


@dataclass
class Sample:
    """One packet between two hosts, and the flows that it represents, as one of their packets or as one just outside."""

    sender: str
    receiver: str
    packet: Packet
    expect: str
    flows: tuple[str, ...]


@dataclass(frozen=True)
class Untestable:
    """Flows between two hosts that no packet can test."""

    sender: str
    receiver: str
    flows: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Direction:
    """Two hosts, as sender and receiver."""

    sender: Endpoint
    receiver: Endpoint

    def of(self, way: Way) -> Way:
        """Turn a way between the two, the first of them by name, into this direction."""
        return way if self.sender.name < self.receiver.name else way[::-1]


class Sampler:
    """Draws the samples between two hosts, in both directions."""

    def __init__(self, middles: int, phases: tuple[str, ...], seed: str) -> None:
        self._middles = middles
        self._phases = phases
        self._seed = seed
        self._taken: dict[Packet, Sample] = {}
        self.untestable: list[Untestable] = []

    def samples(self, one: Endpoint, other: Endpoint, ways: list[Way]) -> list[Sample]:
        """Return the samples; the ways are those from the host whose name is first to the other."""
        # Neither depends on which other pairs there are.
        self._draw = random.Random(f"{self._seed} {one.name} {other.name}")
        self._always = random.Random(f"{one.name} {other.name}")
        directions = (Direction(one, other), Direction(other, one))
        open_ways = {
            direction: {way: permitted_paths(direction.sender, direction.receiver, way, self._phases)
                        for way in map(direction.of, ways)}
            for direction in directions
        }
        wanted = [
            (direction, path)
            for direction, by_way in open_ways.items()
            for path in dict.fromkeys(chain.from_iterable(by_way.values()))
        ]
        # Of two paths that are each other's reverse only the first can be tested; which one varies with the hosts.
        self._always.shuffle(wanted)
        proved = [
            (direction, path, way)
            for direction, path in wanted
            for way in self._prove(direction, path, open_ways[direction])
        ]
        openings = {
            (direction, way): Openings(direction.sender, direction.receiver, way) for direction, _path, way in proved
        }
        for direction, path, way in proved:
            self._surround(direction, path, way, openings[direction, way])
        for direction, way, protocol in dict.fromkeys((each[0], each[2], each[1].protocol) for each in proved):
            self._control(direction, way, protocol, openings[direction, way])
        return list(self._taken.values())

    def _prove(
        self, direction: Direction, path: PermittedPath, open_ways: dict[Way, list[PermittedPath]]
    ) -> Iterator[Way]:
        """Take samples of a path, and yield the addresses that they use: the first with which that is possible."""
        usable = [way for way, there in open_ways.items() if path in there]
        for way in usable:
            packets = list(self._packets(direction, path, way))
            if packets:
                for packet in packets:
                    self._take(direction, packet, PASS, path.flows)
                yield way
                return
        why = self._why(path, usable[0])
        self.untestable.append(Untestable(direction.sender.name, direction.receiver.name, path.flows, why))

    def _packets(self, direction: Direction, path: PermittedPath, way: Way) -> Iterator[Packet]:
        """Yield packets with each point of either end at least once."""
        sources = self._points(path.source, path.protocol, direction)
        destinations = self._points(path.destination, path.protocol, direction)
        if not (sources and destinations):
            return
        for number in range(max(len(sources), len(destinations))):
            source = sources[number % len(sources)]
            # The next one rather than its like: of two paths with the same ports in both directions, only the
            # middles are then never each other's reverse.
            for turn in range(1, len(destinations) + 1):
                destination = destinations[(number + turn) % len(destinations)]
                packet = Packet(path.protocol, (way[0], source), (way[1], destination))
                if self._is_free(packet):
                    yield packet
                    break

    def _points(self, ports: Ports, protocol: str, direction: Direction) -> list[int]:
        points = []
        for first, last in port_sets.bounds(ports):
            between = range(first + 1, last)
            middles = self._draw.sample(between, min(self._middles, len(between)))
            points += dict.fromkeys((first, *middles, last))
        return [port for port in points if not _held(direction, protocol, port)]

    def _why(self, path: PermittedPath, way: Way) -> str:
        packet = Packet(path.protocol, *(
            (address, port_sets.bounds(ports)[0][0])
            for address, ports in zip(way, (path.source, path.destination))
        ))
        if packet.reverse not in self._taken:
            return "all of its ports are held on one of the two hosts"
        other = self._taken[packet.reverse].flows[0]
        return (
            f"has the same two ports as {other} in the opposite direction, which is tested; "
            "a stateful firewall takes one for the reply to the other"
        )

    def _surround(self, direction: Direction, path: PermittedPath, way: Way, openings: Openings) -> None:
        """Take the packets just outside of a path."""
        sources = [port for pair in port_sets.bounds(path.source) for port in pair]
        destinations = [port for pair in port_sets.bounds(path.destination) for port in pair]
        around = [
            *((self._always.choice(sources), port) for port in _just_outside(path.destination)),
            *((port, self._always.choice(destinations)) for port in _just_outside(path.source)),
        ]
        for source, destination in around:
            self._take_closed(direction, way, (path.protocol, source, destination), openings, DROP, path.flows)

    def _control(self, direction: Direction, way: Way, protocol: str, openings: Openings) -> None:
        for _attempt in range(_CONTROL_ATTEMPTS):
            ports = (self._draw.randint(*_CONTROL_PORTS), self._draw.randint(*_CONTROL_PORTS))
            if self._take_closed(direction, way, (protocol, *ports), openings, CONTROL, ()):
                return

    def _take_closed(
        self, direction: Direction, way: Way, ports: tuple[str, int, int], openings: Openings, expect: str,
        flows: tuple[str, ...],
    ) -> bool:
        """Take a packet of forbidden traffic, unless another flow permits it; return whether it was taken."""
        protocol, source, destination = ports
        packet = Packet(protocol, (way[0], source), (way[1], destination))
        may_pass = ports in openings or packet in self._taken or not self._is_free(packet)
        if may_pass or any(_held(direction, protocol, port) for port in (source, destination)):
            return False
        self._take(direction, packet, expect, flows)
        return True

    def _is_free(self, packet: Packet) -> bool:
        return packet.reverse not in self._taken

    def _take(self, direction: Direction, packet: Packet, expect: str, flows: Iterable[str]) -> None:
        """Keep a packet; if it represents other flows already, it represents these as well."""
        known = self._taken.setdefault(
            packet, Sample(direction.sender.name, direction.receiver.name, packet, expect, ())
        )
        known.flows = tuple(dict.fromkeys((*known.flows, *flows)))


def _held(direction: Direction, protocol: str, port: int) -> bool:
    return (protocol, port) in direction.sender.held or (protocol, port) in direction.receiver.held


def _just_outside(ports: Ports) -> Iterator[int]:
    for first, last in port_sets.bounds(ports):
        for port in (first - 1, last + 1):
            if LOWEST <= port <= HIGHEST and not port_sets.contains(ports, port):
                yield port
