# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Endpoints: hosts as senders and receivers of probes, with the addresses at which they send and are reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

try:
    import netaddr
except ImportError:
    netaddr = None

# An address at each of two ends.
Way = tuple[str, str]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, eq=False)
class Endpoint:
    plan: Plan
    # CIDRs, as the host's variables have them.
    networks: tuple[str, ...]
    # The address or name at which Ansible reaches the host, which may be its only known single address.
    reached_at: str

    @property
    def name(self) -> str:
        return self.plan["host"]

    @cached_property
    def addresses(self) -> list[Address]:
        """The single addresses; if only networks are known, the address in them at which Ansible reaches the host."""
        networks = list(map(ipaddress.ip_network, self.networks))
        single = [network.network_address for network in networks if network.num_addresses == 1]
        return single or list(_address_within(self.reached_at, networks))

    @cached_property
    def held(self) -> frozenset[tuple[str, int]]:
        """The ports that no process of the host may use, as (protocol, port)."""
        return frozenset((hold["protocol"], hold["port"]) for hold in self.plan["holds"])

    def counts(self, address: str, end: Mapping[str, object]) -> bool:
        """Whether the address is one of a flow's remote end in the host's plan."""
        group = end.get("peers", end["role"])
        if (address, group) not in self._counted:
            self._counted[address, group] = group not in PSEUDO_PEERS and address in self._peers(group)
        return self._counted[address, group]

    def _peers(self, group: str) -> netaddr.IPSet:
        if group not in self._sets:
            self._sets[group] = netaddr.IPSet(self.plan["peers"][group])
        return self._sets[group]

    @cached_property
    def _sets(self) -> dict[str, netaddr.IPSet]:
        return {}

    @cached_property
    def _counted(self) -> dict[tuple[str, str], bool]:
        return {}


def ways(one: Endpoint, other: Endpoint) -> list[Way]:
    """Return the pairs of addresses over which two hosts can communicate: IPv4 first, the closest addresses first."""
    pairs = [(a, b) for a in one.addresses for b in other.addresses if a.version == b.version]
    return [(str(a), str(b)) for a, b in sorted(pairs, key=_remoteness)]


def _remoteness(pair: tuple[Address, Address]) -> tuple[int, int]:
    """The version, and the number of bits after the common prefix of the addresses."""
    return pair[0].version, (int(pair[0]) ^ int(pair[1])).bit_length()


def _address_within(text: str, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> Iterator[Address]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return
    if any(address in network for network in networks):
        yield address
