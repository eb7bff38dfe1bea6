# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exact port ranges for a filter that has none: boxes of ports become a first-match list of single comparisons.

AIX compares the source port with one number and the destination port with one number. Before a default that denies, a
range can be expressed exactly all the same: first deny what lies above it, then permit from its lower end on. A
:class:`Box` is what is to be permitted, a :class:`Step` is one rule of the list; a packet that matches no step is denied
by a later rule.

The list is found by peeling. Of the packets that are undecided yet, a permit that holds for wanted ones only is taken
at once. Where each permit would also let others through, the deny is taken that clears most of those out of the way,
and holds for no packet that is wanted. Of all that are undecided, those with the highest source port, and among them
the highest destination port, can always be decided alone, so this comes to an end.

Boxes of ``tcp`` and of ``tcp/ack`` (packets that can't open a connection) belong into one list, for a deny of the one
would otherwise stand before a permit of the other.
"""

from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.port_grid import (
    ANY,
    HIGHEST,
    LOWEST,
    Grid,
    without_ack,
)
from ansible_collections.fleet.ports.plugins.module_utils._net.port_ranges import merge

Box = namedtuple("Box", "protocol source destination")
"""What is to be permitted: ``source`` and ``destination`` are ``(first, last)`` ports."""

Step = namedtuple("Step", "action protocol source destination")
"""One rule: ``source`` and ``destination`` are ``(operator, port)`` as the filter writes them."""

_Candidate = namedtuple("_Candidate", "step packets")


def steps(boxes):
    """Return the steps for the boxes of one protocol (``udp``, or ``tcp`` together with ``tcp/ack``)."""
    boxes = _tidied(boxes)
    if not boxes:
        return []
    grid = Grid(boxes)
    return [candidate.step for candidate in _without_idle_ones(_peeled(boxes, grid))]


def _peeled(boxes, grid):
    permits = [_candidate(grid, "permit", box.protocol, _cut(box.source), _cut(box.destination)) for box in boxes]
    inside = dict(zip(permits, (grid.inside(box) for box in boxes)))
    wanted = _union(inside.values())
    denies = _denies(boxes, grid)
    found = []
    undecided = grid.everything
    while undecided & wanted:
        waiting = [permit for permit in permits if inside[permit] & undecided]
        chosen = (
            _harmless(waiting, undecided & ~wanted)
            or _clearing(denies, undecided & wanted, [permit.packets & undecided & ~wanted for permit in waiting])
            or _deciding(grid, boxes[0].protocol, undecided, wanted)
        )
        found.append(chosen)
        undecided &= ~chosen.packets
    return found


def _harmless(permits, unwanted):
    """Return the first permit that lets no unwanted packet through."""
    return next((permit for permit in permits if not permit.packets & unwanted), None)


def _clearing(denies, wanted, obstacles):
    """Return the deny that clears the largest share of the obstacles, whole ones twice; None if none clears any.

    Of those that are alike in this the widest is best: it stays the same when a port is added.
    """
    sizes = [(each, _count(each)) for each in obstacles]

    def share(deny):
        cleared = sum(_count(deny.packets & each) / size for each, size in sizes)
        return cleared + sum(not each & ~deny.packets for each in obstacles), _count(deny.packets)

    in_the_way = _union(obstacles)
    valid = [deny for deny in denies if deny.packets & in_the_way and not deny.packets & wanted]
    return max(valid, key=share) if valid else None


def _deciding(grid, protocol, undecided, wanted):
    """Return the step that decides most, of all that treat alike what they decide."""
    comparisons = [grid.comparisons(ports) for ports in (grid.sources, grid.destinations)]
    possible = [
        _candidate(grid, action, kind, source, destination)
        for source in comparisons[0]
        for destination in comparisons[1]
        for action, kind in (("permit", protocol), ("permit", without_ack(protocol)), ("deny", without_ack(protocol)))
    ]
    valid = [each for each in possible
             if not each.packets & undecided & (~wanted if each.step.action == "permit" else wanted)]  # fmt: skip
    return max(valid, key=lambda each: _count(each.packets & undecided))


def _denies(boxes, grid):
    return [
        _candidate(grid, "deny", without_ack(boxes[0].protocol), source, destination)
        for source in grid.comparisons(grid.sources)
        for destination in grid.comparisons(grid.destinations)
    ]


def _candidate(grid, action, protocol, source, destination):
    return _Candidate(Step(action, protocol, source, destination), grid.matching(protocol, source, destination))


def _cut(ports):
    """Return the comparison that picks a range out, once all that lies above it is decided."""
    first, last = ports
    if first == last:
        return ("eq", first)
    if first == LOWEST:
        return ANY if last == HIGHEST else ("le", last)
    return ("ge", first)


def _without_idle_ones(candidates):
    """Drop each step without which the list permits the same packets."""
    kept = list(candidates)
    for candidate in reversed(candidates):
        fewer = [each for each in kept if each is not candidate]
        if _permitted(fewer) == _permitted(kept):
            kept = fewer
    return kept


def _permitted(candidates):
    permitted = decided = 0
    for candidate in candidates:
        if candidate.step.action == "permit":
            permitted |= candidate.packets & ~decided
        decided |= candidate.packets
    return permitted


def _tidied(boxes):
    """Join boxes that touch, drop those that lie in another one, and split two ports, for each alone needs no deny."""
    before, boxes = None, sorted(set(boxes))
    while boxes != before:
        before = boxes
        boxes = sorted(_joined(_joined(boxes, "source"), "destination"))
    boxes = [box for box in boxes if not any(_covers(other, box) for other in boxes if other != box)]
    return [Box(box.protocol, source, destination)
            for box in boxes for source in _singly(box.source) for destination in _singly(box.destination)]  # fmt: skip


def _joined(boxes, end):
    ranges = {}
    for box in boxes:
        ranges.setdefault(box._replace(**{end: None}), []).append(getattr(box, end))
    return [box._replace(**{end: joined}) for box in ranges for joined in merge(ranges[box])]


def _singly(ports):
    first, last = ports
    return [(first, first), (last, last)] if last - first == 1 and last < HIGHEST else [ports]


def _covers(outer, inner):
    return (
        outer.protocol in (inner.protocol, without_ack(inner.protocol))
        and outer.source[0] <= inner.source[0]
        and inner.source[1] <= outer.source[1]
        and outer.destination[0] <= inner.destination[0]
        and inner.destination[1] <= outer.destination[1]
    )


def _union(sets):
    whole = 0
    for each in sets:
        whole |= each
    return whole


def _count(packets):
    return bin(packets).count("1")
