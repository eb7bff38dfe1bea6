# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix says of a packet, read from the plans alone: which of a host's flows may begin with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from .packets import Ports

Plan = Mapping[str, Any]
Flows = tuple[str, ...]


class Box(NamedTuple):
    """The ports that one flow joins: one range with one other."""

    flow: str
    protocol: str
    source: range
    destination: range

    @property
    def back(self) -> Box:
        """The ports of the packets that answer."""
        return Box(self.flow, self.protocol, self.destination, self.source)


class Opening:
    """All that one host's plan opens in one direction between two addresses."""

    def __init__(self, plan: Plan, direction: str, source: str, destination: str) -> None:
        self.boxes = list(_boxes(plan, direction, source, destination))

    def flows(self, ports: Ports) -> Flows:
        """The flows that may begin between these ports; none: the packet must not pass."""
        protocol, source, destination = ports
        return tuple(
            box.flow
            for box in self.boxes
            if protocol == box.protocol and source in box.source and destination in box.destination
        )


def _boxes(plan: Plan, direction: str, source: str, destination: str) -> Iterator[Box]:
    for flow in plan["flows"]:
        if (
            flow["initiates"]
            and flow["direction"] == direction
            and _is_at(plan, flow["source"], direction == "out", source)
            and _is_at(plan, flow["destination"], direction == "in", destination)
        ):
            for begin in flow["source"]["ports"]:
                for end in flow["destination"]["ports"]:
                    yield Box(flow["id"], flow["protocol"], port_range(begin), port_range(end))


def _is_at(plan: Plan, end: Mapping[str, Any], is_own: bool, address: str) -> bool:
    if is_own and "peers" not in end:
        return True  # it is the host, by whatever address it is reached: its own, or a broadcast's
    networks = plan["peers"][end.get("peers", end["role"])]
    return any(ip_address(address) in ip_network(network) for network in networks)


def port_range(text: str) -> range:
    """A port, or a range of ports, as plans write it."""
    first, _dash, last = text.partition("-")
    return range(int(first), int(last or first) + 1)
