# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks, IPv4 and IPv6, checked and aggregated with netaddr."""

from __future__ import annotations

from collections.abc import Iterable

try:
    import netaddr
except ImportError:
    netaddr = None


def present() -> bool:
    """Whether the library is there; without it nothing else in this file works."""
    return netaddr is not None


def network(text: object) -> str | None:
    """Return an address or a network as a CIDR, host bits cleared; None if the text is neither."""
    try:
        return str(netaddr.IPNetwork(str(text).strip()).cidr)
    except (netaddr.AddrFormatError, ValueError):
        return None


def aggregate(networks: Iterable[str]) -> list[str]:
    """Return the fewest CIDRs that cover just these networks, in numerical order, IPv4 first."""
    networks = set(networks)
    if len(networks) == 1:
        return list(networks)
    return [str(merged) for merged in netaddr.cidr_merge([netaddr.IPNetwork(text) for text in networks])]
