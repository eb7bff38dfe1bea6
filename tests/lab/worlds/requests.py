# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module is asked to open, and whether a packet is part of that: the judge's own reading of it.

It is written down a second time here on purpose: a mistake of the module in reading flows must not be the judge's, too.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .traffic import Probe

HOOKS = {"in": "input", "out": "output", "forward": "forward"}


@dataclass(frozen=True)
class End:
    """One end of a flow; no peers: it is this host."""

    ports: tuple[str, ...]
    peers: str | None

    @functools.cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """The ports as first and last ones."""
        return [(int(first), int(last or first)) for first, _dash, last in (text.partition("-") for text in self.ports)]

    def has_port(self, port: int) -> bool:
        """Whether a port is one of them."""
        return any(first <= port <= last for first, last in self.ranges)


@dataclass(frozen=True)
class Flow:
    """A flow whose first packet is to pass."""

    name: str
    direction: str
    protocol: str
    source: End
    destination: End

    @property
    def hook(self) -> str:
        """The hook that decides on it."""
        return HOOKS[self.direction]

    def as_option(self) -> dict:
        """The flow as the module takes it."""
        return {
            "id": self.name, "direction": self.direction, "protocol": self.protocol,
            "source": _as_option(self.source), "destination": _as_option(self.destination),
        }


@dataclass(frozen=True)
class Request:
    """The options of the module."""

    flows: tuple[Flow, ...]
    peers: Mapping[str, tuple[str, ...]]
    interfaces: tuple[str, ...] = ()
    on_blocked: str = "fail"
    # What flows_of() found.
    _found: dict[Probe, list[Flow]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def as_options(self) -> dict:
        """The options as a playbook gives them."""
        return {
            "flows": [flow.as_option() for flow in self.flows],
            "peers": {group: list(members) for group, members in self.peers.items()},
            "interfaces": list(self.interfaces),
            "on_blocked": self.on_blocked,
        }

    def flows_of(self, probe: Probe) -> list[Flow]:
        """The flows that a packet begins."""
        if probe not in self._found:
            self._found[probe] = self._flows_of(probe)
        return self._found[probe]

    def _flows_of(self, probe: Probe) -> list[Flow]:
        used = {name for name in (probe.enters, probe.leaves) if name}
        if self.interfaces and not used <= set(self.interfaces):
            return []
        return [flow for flow in self.flows if flow.hook == probe.hook and self._has(flow, probe)]

    def _has(self, flow: Flow, probe: Probe) -> bool:
        packet = probe.packet
        return (
            packet.ports.protocol == flow.protocol
            and flow.source.has_port(packet.ports.source)
            and flow.destination.has_port(packet.ports.destination)
            and self.is_peer(flow.source.peers, packet.source)
            and self.is_peer(flow.destination.peers, packet.destination)
        )

    def is_peer(self, group: str | None, address: str) -> bool:
        """Whether an address is one of the group; any is one of the host's own."""
        return group is None or within(address, self.peers[group])


def within(address: str, networks: Iterable[str]) -> bool:
    """Whether one of the networks has the address."""
    return any(_has(each, address) for each in networks)


@functools.lru_cache(maxsize=1 << 16)
def _has(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


def _as_option(end: End) -> dict:
    role = end.peers or "this_host"
    return {"role": role, "ports": list(end.ports), **({"peers": end.peers} if end.peers else {})}
