# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fifty hosts of a lab: the servers of NIM, the clients that they install, and nodes with nothing but a BMC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..lab.fleet import CLIENTS, SERVERS, Host, Network

_NFTABLES = ("systemctl enable nftables",)


@dataclass(frozen=True)
class Kind:
    """Hosts that differ in name and address only; ``first`` is the number of the first one in each network."""

    name: str
    count: int
    groups: tuple[str, ...]
    first: int
    networks: tuple[Network, ...] = (CLIENTS,)
    tree: str = "plain"
    files: str = ""
    setup: tuple[str, ...] = ()

    @property
    def has_firewalld(self) -> bool:
        """Whether firewalld is in charge of them; else it is nftables, or nobody."""
        return self.tree == "firewalld"

    @property
    def has_nftables(self) -> bool:
        """Whether they drop what nobody asked for, by rules of nftables."""
        return self.setup == _NFTABLES

    def hosts(self) -> Iterator[Host]:
        """The hosts; every second address, so that no two of them make a network."""
        for index in range(self.count):
            places = tuple((network, self.first + 2 * index) for network in self.networks)
            yield Host(f"{self.name}{index + 1:02}", places, tree=self.tree, files=self.files, setup=self.setup)


KINDS = (
    Kind("gateway", 2, ("nim_gateways",), 1, (SERVERS, CLIENTS), files="gateway01", setup=_NFTABLES),
    Kind("master", 1, ("nim_masters",), 11, (SERVERS,), files="master01", setup=_NFTABLES),
    Kind("bmcmaster", 1, ("nim_masters", "bmc_hosts"), 13, (SERVERS,), files="master01", setup=_NFTABLES),
    Kind("nfs", 2, ("pinned_nfs_servers",), 21, (SERVERS,), files="master01", setup=_NFTABLES),
    Kind("client", 10, ("nim_clients",), 11, files="client02", setup=_NFTABLES),
    Kind("walled", 12, ("nim_clients",), 41, tree="firewalld"),
    Kind("managed", 12, ("nim_clients", "bmc_hosts"), 71, tree="firewalld"),
    Kind("node", 10, ("bmc_hosts",), 101),
)

HOSTS = tuple(host for kind in KINDS for host in kind.hosts())
NAMES = tuple(host.name for host in HOSTS)

MIX = (
    "2 masters (one with a BMC), 2 gateways and 10 clients with nftables, 24 clients with firewalld, half of them with a BMC, "
    "10 nodes with a BMC alone, 2 NFS servers"
)

# One with three concerns, services, holds and flows, and one with all four.
TWO = ("managed01", "bmcmaster01")
# Its two concerns are services and holds.
ONE = "node01"


def inventory(variables: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """The inventory, with these variables of each host besides; groups of kinds are for the plays of the benchmark."""
    groups: dict[str, dict[str, dict[str, object]]] = {}
    for kind in KINDS:
        kinds = [f"bench_{name}" for name in ("firewalld", "nftables") if getattr(kind, f"has_{name}")]
        for host in kind.hosts():
            addresses = [network.addresses(number)[0].partition("/")[0] for network, number in host.places]
            known = {"ansible_host": host.address, "fleet_ports_addresses": addresses, **variables.get(host.name, {})}
            for group in (*kind.groups, *kinds):
                groups.setdefault(group, {"hosts": {}})["hosts"][host.name] = known
    return {"all": {"children": groups}}
