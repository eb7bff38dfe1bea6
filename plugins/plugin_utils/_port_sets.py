# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets of ports as tuples of ranges in the plan's notation: ``("68",)`` or ``("513-622", "624-1023")``."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.module_utils import _port_ranges

Ports = tuple[str, ...]


def normal(texts: Iterable[str]) -> Ports:
    """Return the ranges sorted, overlapping and adjoining ones joined."""
    return tuple(_port_ranges.form(*pair) for pair in _port_ranges.merge(map(_port_ranges.parse, texts)))


def contains(ports: Iterable[str], port: int) -> bool:
    return any(first <= port <= last for first, last in map(_port_ranges.parse, ports))


def is_range(ports: Ports) -> bool:
    """Whether whoever uses it can choose among several ports."""
    return len(ports) > 1 or "-" in ports[0]


def without(ports: Iterable[str], taken: Iterable[int]) -> Ports:
    """Return the ranges with these ports cut out."""
    left = list(map(_port_ranges.parse, ports))
    for port in taken:
        left = [piece for first, last in left for piece in _cut(first, last, port)]
    return tuple(_port_ranges.form(*pair) for pair in left)


def _cut(first: int, last: int, port: int) -> list[tuple[int, int]]:
    if not first <= port <= last:
        return [(first, last)]
    return [(low, high) for low, high in ((first, port - 1), (port + 1, last)) if low <= high]
