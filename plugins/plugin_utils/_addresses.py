# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks, IPv4 and IPv6, checked and aggregated with netaddr."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._errors import MatrixError

try:
    import netaddr
except ImportError:
    netaddr = None


def require() -> None:
    """Say so if the library is missing; without it nothing else in this file works."""
    if netaddr is None:
        raise MatrixError(
            "fleet.ports needs the Python package netaddr, which the controller or its execution environment lacks; "
            "install netaddr there."
        )


def network(text: object) -> str | None:
    """Return an address or a network as a CIDR, host bits cleared; None if the text is neither."""
    try:
        return str(netaddr.IPNetwork(str(text).strip()).cidr)
    except (netaddr.AddrFormatError, ValueError):
        return None


def is_one_of_ipv4(networks: Iterable[str]) -> bool:
    """Whether there is just one IPv4 address among these networks."""
    of_ipv4 = [text for text in networks if ":" not in text]
    return len(of_ipv4) == 1 and of_ipv4[0].endswith("/32")


def outside(networks: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return those of the networks that are not inside of the others."""
    covered = netaddr.IPSet(others)
    return [text for text in networks if netaddr.IPNetwork(text) not in covered]


def aggregate(networks: Iterable[str]) -> list[str]:
    """Return the fewest CIDRs that cover just these networks, in numerical order, IPv4 first."""
    networks = set(networks)
    if len(networks) == 1:
        return list(networks)
    return [str(merged) for merged in netaddr.cidr_merge([netaddr.IPNetwork(text) for text in networks])]
