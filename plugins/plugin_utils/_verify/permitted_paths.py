# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permitted paths: the traffic from one host to another that the plans of both permit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._net import port_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._net.port_sets import Ports
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Flow
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint, Way


@dataclass(frozen=True)
class PermittedPath:
    """Initiating flows between the same ports: no packet can tell them apart."""

    flows: tuple[str, ...]
    protocol: str
    source: Ports
    destination: Ports


def permitted_paths(sender: Endpoint, receiver: Endpoint, way: Way, phases: tuple[str, ...]) -> list[PermittedPath]:
    """Return the paths that both plans permit, with the ports that both plans have."""
    source_address, destination_address = way
    expected = defaultdict(list)
    for flow in receiver.plan["flows"]:
        if flow["direction"] == "in" and _is_to_be_open(flow) and receiver.counts(source_address, flow["source"]):
            expected[_row(flow)].append(flow)
    found: dict[tuple[str, Ports, Ports], dict[str, None]] = defaultdict(dict)
    for flow in sender.plan["flows"]:
        if flow["direction"] != "out" or flow["phase"] not in phases or _row(flow) not in expected:
            continue
        if not _is_to_be_open(flow) or not sender.counts(destination_address, flow["destination"]):
            continue
        for same in expected[_row(flow)]:
            source, destination = (_common(flow[end], same[end]) for end in ("source", "destination"))
            if source and destination:
                found[flow["protocol"], source, destination][flow["id"]] = None
    return [PermittedPath(tuple(flows), *ports) for ports, flows in found.items()]


class Openings:
    """All that either plan opens between two addresses, replies included. All other traffic has to be dropped."""

    def __init__(self, sender: Endpoint, receiver: Endpoint, way: Way) -> None:
        source_address, destination_address = way
        self._openings = set(
            (*_opened(sender, "out", destination_address), *_opened(receiver, "in", source_address))
        ) | {
            (protocol, destination, source)
            for protocol, source, destination in (
                *_opened(sender, "in", destination_address), *_opened(receiver, "out", source_address)
            )
        }

    def __contains__(self, packet: tuple[str, int, int]) -> bool:
        protocol, source, destination = packet
        return any(
            protocol == opened and _within(source, sources) and _within(destination, destinations)
            for opened, sources, destinations in self._openings
        )


def without_address(flows: Iterable[Flow]) -> Iterator[str]:
    """Yield the flows of hosts without an address, which no host with an address can send."""
    for flow in flows:
        if flow["initiates"] and any(flow[end].get("peers") in PSEUDO_PEERS for end in ("source", "destination")):
            yield flow["id"]


def phases_in_windows(flows: Iterable[Flow]) -> Iterator[str]:
    """Yield the phases whose flows are open only during a window, whose state only the host knows."""
    for flow in flows:
        if flow["initiates"] and "window" in flow:
            yield flow["phase"]


def _is_to_be_open(flow: Flow) -> bool:
    return flow["initiates"] and "window" not in flow


def _row(flow: Flow) -> tuple[str, str, str]:
    return flow["id"], flow["source"]["role"], flow["destination"]["role"]


def _common(one: dict[str, object], other: dict[str, object]) -> Ports:
    return port_sets.common(tuple(one["ports"]), tuple(other["ports"]))


def _opened(endpoint: Endpoint, direction: str, remote: str) -> Iterator[tuple[str, tuple, tuple]]:
    """Yield what a plan opens in one direction towards an address: protocol, and bounds of either end's ports."""
    remote_end = {"in": "source", "out": "destination"}[direction]
    for flow in endpoint.plan["flows"]:
        if flow["direction"] == direction and endpoint.counts(remote, flow[remote_end]):
            ends = (port_sets.bounds(tuple(flow[end]["ports"])) for end in ("source", "destination"))
            yield flow["protocol"], *ends


def _within(port: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= port <= last for first, last in ranges)
