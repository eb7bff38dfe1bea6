# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The set of packets that a list of rules permits, for exact comparison."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache
from ipaddress import ip_network
from typing import NamedTuple

Span = tuple[int, int]

ANY_PORT: Span = (0, 65535)
EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


class Region(NamedTuple):
    """Packets from one range of addresses and ports to another; ``kind`` is tcp, udp or tcp/established."""

    family: int
    kind: str
    source: Span
    source_ports: Span
    destination: Span
    destination_ports: Span


def regions(
    kind: str, sources: Iterable[str], source_ports: Iterable[str], destinations: Iterable[str],
    destination_ports: Iterable[str],
) -> Iterable[Region]:
    """All combinations of sources, source ports, destinations and destination ports of the same family."""
    product = itertools.product(
        map(network, sources), map(ports, source_ports), map(network, destinations), map(ports, destination_ports)
    )
    for (family, source), source_port, (other, destination), destination_port in product:
        if family == other:
            yield Region(family, kind, source, source_port, destination, destination_port)


@cache
def network(text: str) -> tuple[int, Span]:
    """Return the family and the span of a network."""
    read = ip_network(text)
    return read.version, (int(read.network_address), int(read.broadcast_address))


@cache
def ports(text: str) -> Span:
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def assert_equal(found: Iterable[Region], wanted: Iterable[Region]) -> None:
    """Fail and name some packets, unless both sets are equal."""
    found, wanted = set(found), set(wanted)
    for family, kind in sorted({region[:2] for region in found | wanted}):
        of_kind = [[region for region in each if region[:2] == (family, kind)] for each in (found, wanted)]
        grid = [_landmarks(region[end] for each in of_kind for region in each) for end in range(2, 6)]
        passing, meant = (_cells(each, grid) for each in of_kind)
        assert not passing - meant, f"IPv{family} {kind} passes, and is not meant to: {_some(passing - meant)}"
        assert not meant - passing, f"IPv{family} {kind} is meant to pass, and doesn't: {_some(meant - passing)}"


def _landmarks(spans: Iterable[Span]) -> list[int]:
    """The first value of each interval that no limit of a span divides."""
    return sorted({edge for first, last in spans for edge in (first, last + 1)})


def _cells(found: Iterable[Region], grid: list[list[int]]) -> set[tuple[int, ...]]:
    cells = set()
    for region in found:
        cells.update(itertools.product(*(
            [edge for edge in edges if first <= edge <= last] for (first, last), edges in zip(region[2:], grid)
        )))
    return cells


def _some(cells: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return sorted(cells)[:3]
