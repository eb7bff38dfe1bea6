# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses that many hosts cover together, and what remains without one of them.

If thousands of hosts are peers of each other, each plan contains the addresses of all hosts but one. One pass over all
addresses finds what only one host covers; this is removed from the aggregate, which is never computed again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._net.address_sets import Span


class Coverage:
    """The networks of many hosts; ``addresses`` is their aggregate."""

    def __init__(self, hosts: Iterable[Iterable[str]]) -> None:
        hosts = list(hosts)
        self.addresses = address_sets.aggregate(network for networks in hosts for network in networks)
        self._blocks = list(map(address_sets.span, self.addresses))
        self._covered_once = list(_covered_once(span for networks in hosts for span in address_sets.spans(networks)))

    def without(self, networks: Iterable[str]) -> list[str]:
        """Return the aggregate without the host that has these networks."""
        taken = defaultdict(list)
        for span in address_sets.spans(networks):
            for lost in _common(span, self._covered_once):
                for number in _overlapping(lost, self._blocks):
                    taken[number].append(lost)
        left = list(self.addresses)
        for number in sorted(taken, reverse=True):
            gaps = _gaps(self._blocks[number], taken[number])
            left[number : number + 1] = [cidr for gap in gaps for cidr in address_sets.cidrs(gap)]
        return left


def _covered_once(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield, in order, what just one of the spans covers."""
    changes = Counter()
    for first, end in spans:
        changes[first] += 1
        changes[end] -= 1
    depth, begin = 0, 0
    for position, change in sorted(changes.items()):
        if change:
            if depth == 1:
                yield begin, position
            depth, begin = depth + change, position


def _overlapping(one: Span, many: list[Span]) -> Iterator[int]:
    """Yield the indexes of the spans that overlap one; the many are in order and do not overlap each other."""
    number = max(bisect_right(many, one[0], key=lambda each: each[0]) - 1, 0)
    while number < len(many) and many[number][0] < one[1]:
        if many[number][1] > one[0]:
            yield number
        number += 1


def _common(one: Span, many: list[Span]) -> Iterator[Span]:
    """Yield the intersections of a span with others."""
    for number in _overlapping(one, many):
        yield max(one[0], many[number][0]), min(one[1], many[number][1])


def _gaps(block: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """Yield what remains of a block, in order."""
    begin, end = block
    for first, behind in taken:
        if begin < first:
            yield begin, first
        begin = max(begin, behind)
    if begin < end:
        yield begin, end
