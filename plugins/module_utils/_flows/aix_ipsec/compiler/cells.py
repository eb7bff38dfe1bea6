# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Split peers that overlap into cells, so that their rules do not shadow each other in a first-match list.

A cell is a pair of networks (source, destination) with all boxes that apply to it, including those of every wider pair
that contains it. Where two pairs cross, their intersection is a cell as well. In a list from the most boxes to the
fewest, the first cell that contains a packet decides about it: later cells permit the same or less.
"""

from ipaddress import collapse_addresses, ip_network


def cells(openings):
    """Return ``[((source, destination), boxes), …]``, those with the most boxes first.

    ``openings`` maps a pair of networks of one family to its set of boxes.
    """
    pairs = _with_crossings(openings)
    lengths = [sorted({pair[end].prefixlen for pair in pairs}) for end in (0, 1)]
    found = {}
    for pair in pairs:
        around = [wider for wider in _around(pair, lengths) if wider in openings]
        found[pair] = frozenset(box for wider in around for box in openings[wider])
    aggregated = _collapsed(_collapsed(found, end=0), end=1)
    return sorted(aggregated.items(), key=_most_boxes_first)


def _with_crossings(openings):
    """Add to the pairs what any two of them share."""
    pairs = set(openings)
    waiting = list(pairs)
    by_source = {}
    for source, destination in pairs:
        by_source.setdefault(source, set()).add(destination)
    lengths = sorted({source.prefixlen for source in by_source})
    while waiting:
        source, destination = waiting.pop()
        for wider in _supernets(source, lengths):
            for shared in [other for other in by_source.get(wider, ()) if lies_in(other, destination)]:
                if (source, shared) not in pairs:
                    pairs.add((source, shared))
                    by_source[source].add(shared)
                    waiting.append((source, shared))
    return pairs


def _around(pair, lengths):
    """Return each pair of networks of these lengths that contains this one, itself included."""
    destinations = _supernets(pair[1], lengths[1])
    return [(source, destination) for source in _supernets(pair[0], lengths[0]) for destination in destinations]


def _supernets(network, lengths):
    return [network.supernet(new_prefix=length) for length in lengths if length <= network.prefixlen]


def lies_in(inner, outer):
    """Return whether a network is part of another one."""
    return inner.prefixlen >= outer.prefixlen and inner.supernet(new_prefix=outer.prefixlen) == outer


def _collapsed(boxes_by_pair, end):
    """Aggregate the networks at one end of pairs that are alike in the other end and in their boxes."""
    alike = {}
    for pair, boxes in boxes_by_pair.items():
        alike.setdefault((pair[1 - end], boxes), []).append(pair[end])
    return {
        ((network, other) if end == 0 else (other, network)): boxes
        for (other, boxes), networks in sorted(alike.items(), key=_fewest_boxes_first)
        for network in collapse_addresses(networks)
    }


def _fewest_boxes_first(alike):
    # Where joined networks form a wider one that is a cell already, they cover it completely: its boxes are the same.
    (_other, boxes), _networks = alike
    return len(boxes)


def _most_boxes_first(cell):
    (source, destination), boxes = cell
    return -len(boxes), -source.prefixlen - destination.prefixlen, source, destination


def everywhere(family):
    """Return the network of all addresses of a family (4 or 6)."""
    return ip_network("0.0.0.0/0" if family == 4 else "::/0")
