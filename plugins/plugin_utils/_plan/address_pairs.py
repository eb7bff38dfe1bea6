# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairs of communicating address groups, merged into the fewest pairs with the same meaning.

Each plan has its own host at one end and all of its peers at the other, so the plans of many hosts describe the same
communication. Merged, it is one pair. If hosts have different peers, several pairs remain: one pair of all addresses
would permit what no plan contains.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets

Addresses = tuple[str, ...]
Pair = tuple[Addresses, Addresses]

SOURCE, DESTINATION = 0, 1


class Aggregates:
    """Aggregated sets of addresses, each computed once."""

    def __init__(self) -> None:
        self._known: dict[frozenset[str], Addresses] = {}

    def of(self, addresses: Iterable[str]) -> Addresses:
        key = frozenset(addresses)
        if key not in self._known:
            self._known[key] = tuple(address_sets.aggregate(key))
        return self._known[key]


def fewest(pairs: Iterable[Pair], aggregates: Aggregates) -> list[Pair]:
    joined = _joined(_joined(pairs, SOURCE, aggregates), DESTINATION, aggregates)
    return [pair for pair in joined if not any(_lies_in(pair, other) for other in joined if other is not pair)]


def _joined(pairs: Iterable[Pair], end: int, aggregates: Aggregates) -> list[Pair]:
    """Merge the pairs that are equal at the other end."""
    alike: dict[Addresses, set[str]] = {}
    for pair in pairs:
        alike.setdefault(pair[1 - end], set()).update(pair[end])
    whole = ((aggregates.of(addresses), aggregates.of(other)) for other, addresses in alike.items())
    return list(dict.fromkeys(pair if end == SOURCE else pair[::-1] for pair in whole))


def _lies_in(pair: Pair, other: Pair) -> bool:
    return not any(address_sets.outside(pair[end], other[end]) for end in (SOURCE, DESTINATION))
