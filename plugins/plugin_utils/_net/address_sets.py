# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks, IPv4 and IPv6, as CIDR texts: netaddr reads and writes them, spans of positions do the rest.

netaddr's own sets are too slow for the plans of a large fleet. To subtract one address from an IPSet of 10,000 takes 9
ms: a minute and a half for 10,000 hosts that are peers of each other, against one second with spans. cidr_merge parses
each network again, which makes the plan of a master with 10,000 clients a fifth slower, and with iprange_to_cidrs the
plans of hosts that are peers of each other take half as long again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError

try:
    import netaddr
except ImportError:
    netaddr = None

# The first position and the one after the last. All of IPv6 comes after all of IPv4.
Span = tuple[int, int]

# The bits of a position above those of an address are the version.
_BITS = 128


def require() -> None:
    """Raise MatrixError if netaddr is missing; nothing else in this file works without it."""
    if netaddr is None:
        raise MatrixError(
            "fleet.ports needs the Python package netaddr, which is missing on the controller or in its execution "
            "environment. Install netaddr there."
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
    """Return those of the networks that do not lie in the others."""
    covered = spans(others)
    return [text for text in networks if not _lies_in(span(text), covered)]


def aggregate(networks: Iterable[str]) -> list[str]:
    """Return the fewest CIDRs that cover just these networks, in numerical order, IPv4 first."""
    networks = set(networks)
    if len(networks) == 1:
        return list(networks)
    return [text for each in spans(networks) for text in cidrs(each)]


# The same network occurs in the plans of many hosts.
@cache
def span(text: str) -> Span:
    """Return the span of a network."""
    read = netaddr.IPNetwork(text)
    version = read.version << _BITS
    return version + read.first, version + read.last + 1


def spans(networks: Iterable[str]) -> list[Span]:
    """Return the fewest spans that cover just these networks, in order."""
    merged = []
    for first, end in sorted(map(span, networks)):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((first, end))
    return merged


def cidrs(whole: Span) -> Iterator[str]:
    """Yield the fewest CIDRs that cover just this span, in order, each the largest that can begin where it does."""
    first, end = whole
    version = first >> _BITS
    width = 32 if version == 4 else 128
    while first < end:
        bits = min((first & -first).bit_length(), (end - first).bit_length()) - 1
        yield f"{netaddr.IPAddress(first - (version << _BITS), version)}/{width - bits}"
        first += 1 << bits


def _lies_in(one: Span, many: list[Span]) -> bool:
    number = bisect_right(many, one[0], key=lambda each: each[0]) - 1
    return number >= 0 and one[1] <= many[number][1]
