# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exact port ranges for a filter that has none: boxes of ports become a first-match list of single comparisons.

AIX compares the source port with one number and the destination port with one number. Ahead of a default that denies, a
range can still be said exactly: first deny what lies above it, then permit from its lower end on. A :class:`Box` is what
is to be permitted, a :class:`Step` is one rule of the list; what falls through all steps is denied by whoever stands
behind them. Steps deny nothing that a box permits, so the list may stand behind or before lists for other peers.

Boxes of ``tcp`` and of ``tcp/ack`` (packets that can't open a connection) belong into one list, for a deny of the one
would else stand before a permit of the other.
"""

from collections import namedtuple

LOWEST, HIGHEST = 0, 65535

Box = namedtuple("Box", "protocol source destination")
"""What is to be permitted: ``source`` and ``destination`` are ``(first, last)`` ports."""

Step = namedtuple("Step", "action protocol source destination")
"""One rule: ``source`` and ``destination`` are ``(operator, port)`` as the filter writes them."""

ANY = ("any", 0)


def steps(boxes):
    """Return the steps for the boxes of one protocol (``udp``, or ``tcp`` together with ``tcp/ack``).

    Both ports are tried as the one that the ladder climbs down; the shorter list wins.
    """
    boxes = _tidied(boxes)
    by_source = _without_idle_steps(_ladder(boxes))
    by_destination = _without_idle_steps([_turned(step) for step in _ladder([_turned(box) for box in boxes])])
    return min(by_source, by_destination, key=len)


def _turned(item):
    return item._replace(source=item.destination, destination=item.source)


def _ladder(boxes):
    """Climb down the upper ends of the source ranges: on each rung all that lies above is decided already."""
    found = []
    waiting = [part for box in boxes for part in _without_pairs(box)]
    while waiting:
        top = max(box.source[1] for box in waiting)
        on_this_rung = [box for box in waiting if box.source[1] == top]
        waiting = [box for box in waiting if box.source[1] < top]
        # Within a rung, the destinations are climbed down likewise.
        on_this_rung.sort(key=lambda box: (-box.destination[1], box.source, box.destination[0], box.protocol))
        rung = [_clear_of(waiting, box) for box in on_this_rung]
        if top < HIGHEST and any(_needs_all_above_decided(box.source) for box in rung):
            found.append(Step("deny", _both_kinds(rung[0].protocol), ("gt", top), ANY))
        found += _rung(rung)
    return found


def _rung(rung):
    """Return the steps for boxes whose sources end at the same port, sorted by where their destinations end."""
    found = []
    closed = []
    for box in rung:
        start, end = box.source[0], box.destination[1]
        if _needs_a_deny(box.destination) and not any(each <= start and last <= end for each, last in closed):
            closed.append((start, end))
            found.append(Step("deny", _both_kinds(box.protocol), _operator(box.source), ("gt", end)))
        found.append(Step("permit", box.protocol, _operator(box.source), _operator(box.destination)))
    return found


def _clear_of(waiting, box):
    """Cut the box above the waiting ones that a deny on its behalf would hit; its lower part has to wait too."""
    if not _needs_a_deny(box.destination):
        return box
    hit = [other.source[1] for other in waiting
           if other.source[1] >= box.source[0] and other.destination[1] > box.destination[1]]  # fmt: skip
    if not hit:
        return box
    waiting.append(box._replace(source=(box.source[0], max(hit))))
    return box._replace(source=(max(hit) + 1, box.source[1]))


def _without_pairs(box):
    """Split two destination ports: each alone needs one rule and no deny, together they need two."""
    first, last = box.destination
    if last - first != 1 or not _needs_a_deny(box.destination):
        return [box]
    return [box._replace(destination=(port, port)) for port in box.destination]


def _needs_a_deny(ports):
    return _needs_all_above_decided(ports) and ports[1] < HIGHEST


def _needs_all_above_decided(ports):
    first, last = ports
    return LOWEST < first < last


def _operator(ports):
    """Return the comparison that picks the range out of those ports that are not decided yet."""
    first, last = ports
    if first == last:
        return ("eq", first)
    if first == LOWEST:
        return ANY if last == HIGHEST else ("le", last)
    return ("ge", first)


def _both_kinds(protocol):
    return protocol.partition("/")[0]


def _tidied(boxes):
    """Join boxes that touch, and drop those that lie in another one."""
    before, boxes = None, sorted(set(boxes))
    while boxes != before:
        before = boxes
        boxes = sorted(_turned(box) for box in _joined(_turned(box) for box in _joined(boxes)))
    return [box for box in boxes if not any(_covers(other, box) for other in boxes if other != box)]


def _joined(boxes):
    """Join the source ranges of boxes that are alike in all else."""
    ranges = {}
    for box in boxes:
        ranges.setdefault(box._replace(source=None), []).append(box.source)
    return [box._replace(source=source) for box in ranges for source in merged(ranges[box])]


def merged(ranges):
    """Return the ranges sorted, those that overlap or adjoin joined."""
    found = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _covers(outer, inner):
    return (
        outer.protocol in (inner.protocol, _both_kinds(inner.protocol))
        and outer.source[0] <= inner.source[0]
        and inner.source[1] <= outer.source[1]
        and outer.destination[0] <= inner.destination[0]
        and inner.destination[1] <= outer.destination[1]
    )


def _without_idle_steps(ladder):
    """Drop each step without which the list permits the same packets."""
    masks = _masks(ladder)
    wanted = _permitted(masks)
    kept = list(range(len(ladder)))
    for number in reversed(range(len(ladder))):
        fewer = [each for each in kept if each != number]
        if _permitted([masks[each] for each in fewer]) == wanted:
            kept = fewer
    return [ladder[number] for number in kept]


def _permitted(masks):
    """Return the set of packets (bits) that a list permits."""
    permitted = decided = 0
    for action, mask in masks:
        if action == "permit":
            permitted |= mask & ~decided
        decided |= mask
    return permitted


def _masks(ladder):
    """Return each step's action and its packets as bits, one bit for all packets that no step tells apart."""
    sources = _landmarks(step.source for step in ladder)
    destinations = _landmarks(step.destination for step in ladder)
    rows = len(destinations)
    return [
        (step.action, _bits(
            [_bits([1 if matches(step.destination, port) else 0 for port in destinations], 1)
             if matches(step.source, port) and (ack or step.protocol != "tcp/ack") else 0
             for ack in (False, True) for port in sources], rows))
        for step in ladder
    ]  # fmt: skip


def _bits(parts, width):
    whole = 0
    for part in parts:
        whole = whole << width | part
    return whole


def _landmarks(comparisons):
    """Return one port of each stretch in which no comparison changes its answer."""
    ports = {LOWEST}
    for _operator_name, port in comparisons:
        ports.update(each for each in (port, port + 1) if each <= HIGHEST)
    return sorted(ports)


def matches(comparison, port):
    """Tell whether a port satisfies an ``(operator, port)``."""
    operator, number = comparison
    return {
        "any": True, "eq": port == number, "neq": port != number,
        "lt": port < number, "le": port <= number, "gt": port > number, "ge": port >= number,
    }[operator]  # fmt: skip
