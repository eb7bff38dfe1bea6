# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which networks and hosts the lab has: data, nothing else.

Addresses come from the ranges that are reserved for documentation; they exist only inside the lab's namespaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .command import LabError


@dataclass(frozen=True)
class Network:
    """One Ethernet segment, a bridge in the lab's switch."""

    name: str
    ipv4_prefix: str
    ipv6_prefix: str

    def addresses(self, number: int) -> tuple[str, str]:
        """The addresses, with their prefix lengths, of the host that has this number."""
        return f"{self.ipv4_prefix}.{number}/24", f"{self.ipv6_prefix}::{number}/64"

    def routes(self) -> tuple[str, str]:
        """What a host of the other network needs a route for."""
        return f"{self.ipv4_prefix}.0/24", f"{self.ipv6_prefix}::/64"


@dataclass(frozen=True)
class Host:
    """One host: its place in the networks, the root tree it starts from, and what makes it special.

    Files below `hosts/FILES` (by default those of its own name) are laid over the tree; `setup` are shell lines that run
    in the tree before the first boot. A host with an `aix_role` (`master`, `client`) is a simulated AIX host.
    """

    name: str
    places: tuple[tuple[Network, int], ...]
    tree: str = "plain"
    files: str = ""
    setup: tuple[str, ...] = ()
    is_machine: bool = False
    aix_role: str = ""

    @property
    def address(self) -> str:
        """Where the controller reaches the host."""
        network, number = self.places[0]
        return network.addresses(number)[0].partition("/")[0]


SERVERS = Network("servers", "192.0.2", "2001:db8:1")
CLIENTS = Network("clients", "198.51.100", "2001:db8:2")
NETWORKS = (SERVERS, CLIENTS)

ROUTER_NUMBER = 1
CONTROL_NUMBER = 254

# A simulated AIX host whose filters deny by default, but for what nobody can do without.
CLOSED_FILTERS = (
    "mkdev -c ipsec -t 4",
    "genfilt -v 4 -a P -s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0 -g N -c all -i lo0 -D 'itself'",
    "genfilt -v 4 -a P -s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0 -g N -c tcp -O eq -P 22 -w I -D 'ssh'",
    "genfilt -v 4 -a P -s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0 -g N -c tcp/ack -o eq -p 22 -w O -D 'ssh, answers'",
    "mkfilt -v 4 -u -z D",
)

HOSTS = (
    Host("nfs01", ((SERVERS, 20),), tree="nfs-server", setup=("systemctl enable nftables cable",), is_machine=True),
    Host("master01", ((SERVERS, 10),), setup=("systemctl enable nftables",)),
    Host("gateway01", ((SERVERS, ROUTER_NUMBER), (CLIENTS, ROUTER_NUMBER)), setup=("systemctl enable nftables",)),
    Host("client01", ((CLIENTS, 11),), tree="firewalld"),
    Host("client02", ((CLIENTS, 12),), setup=("systemctl enable nftables",)),
    Host(
        "bmc01",
        ((CLIENTS, 21),),
        setup=("sed -i '/^asf-rmcp/d' /etc/services", "systemctl add-wants multi-user.target rpc-statd.service"),
    ),
    Host("aixmaster01", ((SERVERS, 30),), tree="aix", setup=CLOSED_FILTERS, aix_role="master"),
    Host("aixclient01", ((CLIENTS, 31),), tree="aix", setup=CLOSED_FILTERS, aix_role="client"),
)


def host(name: str, fleet: Sequence[Host] = HOSTS) -> Host:
    """The host of this name."""
    for each in fleet:
        if each.name == name:
            return each
    raise LabError(f"the lab has no host {name}; it has {', '.join(each.name for each in fleet)}.")
