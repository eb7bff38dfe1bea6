# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of peers as integers: from any addresses, CIDRs and ranges to the fewest CIDRs.

A master can have ten thousand peers, and each run reads them twice (those that are wanted and those that exist). So
this is only the arithmetic that a packet filter needs, about ten times faster than address objects.
"""

import socket
import struct
from bisect import bisect_right

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

FAMILIES = {"ip": (socket.AF_INET, 32), "ip6": (socket.AF_INET6, 128)}


def aggregate(texts):
    """Return ``{family: [CIDR, …]}`` of addresses, CIDRs and ranges: sorted, without those that others contain."""
    return {family: list(_cidrs(family, spans)) for family, spans in _spans(texts).items()}


def lost(texts, left):
    """Yield the loss of each of the fewest CIDRs that make up the texts: the part of it that ``left`` does not contain.

    Each is ``(number of addresses, number of lost addresses, CIDRs of the lost addresses)``.
    """
    spans_left = {family: list(_union(spans)) for family, spans in _spans(left).items()}
    for family, blocks in aggregate(texts).items():
        for block in blocks:
            _family, first, last = _span(block)
            lacking = list(_without(first, last, spans_left.get(family, [])))
            gone = sum(end - begin + 1 for begin, end in lacking)
            yield last - first + 1, gone, list(_cidrs(family, lacking)) if lacking else []


def common(texts, others):
    """Return the fewest CIDRs that make up the intersection."""
    others = _spans(others)
    found = []
    for family, spans in _spans(texts).items():
        shared = list(_shared(list(_union(spans)), list(_union(others[family])))) if family in others else []
        found += _cidrs(family, shared) if shared else []
    return found


def ends(texts, regions):
    """Yield ``(family, first, last)``, as numbers, of what each region (an address, CIDR or range) has of the texts.

    A region that has nothing of them is left out, and so is one that is none.
    """
    own = sorted_spans(texts)
    for region in regions:
        try:
            family, first, last = _span(region)
        except HostError:
            continue
        spans = own.get(family, [])
        begin = max(0, bisect_right(spans, (first, float("inf"))) - 1)
        end = bisect_right(spans, (last, float("inf"))) - 1
        if begin <= end and spans[begin][1] < first:
            begin += 1
        if begin <= end:
            yield family, max(first, spans[begin][0]), min(last, spans[end][1])


def without(texts, others):
    """Return the fewest CIDRs that make up what the texts contain and the others do not."""
    excluded = sorted_spans(others)
    found = []
    for family, spans in sorted_spans(texts).items():
        left = [part for first, last in spans for part in _without(first, last, excluded.get(family, []))]
        found += _cidrs(family, left) if left else []
    return found


def sorted_spans(texts):
    """Return ``{family: [(first, last), …]}`` of addresses, CIDRs and ranges as numbers, sorted and without overlaps."""
    return {family: list(_union(found)) for family, found in _spans(texts).items()}


def contains(found, family, value):
    """Return whether the spans of :func:`sorted_spans` contain an address."""
    listed = found.get(family, [])
    index = bisect_right(listed, (value, float("inf"))) - 1
    return index >= 0 and listed[index][1] >= value


def to_number(address):
    """Return ``(family, number)`` of an address."""
    family, first, _last = _span(address)
    return family, first


def to_text(family, value):
    """Return the text of the address that has this number."""
    kind, bits = FAMILIES[family]
    return socket.inet_ntop(kind, value.to_bytes(bits // 8, "big"))


def _shared(spans, others):
    """Yield the intersection of two lists of spans, each sorted and without overlaps."""
    while spans and others:
        (first, last), (other_first, other_last) = spans[-1], others[-1]
        if max(first, other_first) <= min(last, other_last):
            yield max(first, other_first), min(last, other_last)
        (spans if first > other_first else others).pop()


def _spans(texts):
    spans = {"ip": [], "ip6": []}
    for text in texts:
        family, first, last = _span(str(text).strip())
        spans[family].append((first, last))
    return {family: spans[family] for family in FAMILIES if spans[family]}


def _without(first, last, others):
    """Yield the parts of a span that the others, sorted and without overlaps, do not cover."""
    for index in range(max(0, bisect_right(others, (first,)) - 1), len(others)):
        other_first, other_last = others[index]
        if other_first > last:
            break
        if other_first > first:
            yield first, other_first - 1
        first = max(first, other_last + 1)
    if first <= last:
        yield first, last


def _span(text):
    family = "ip6" if ":" in text else "ip"
    bits = FAMILIES[family][1]
    try:
        if "-" in text:
            first, last = (_number(family, part) for part in text.split("-"))
            if first > last:
                raise ValueError(text)
        else:
            begin, slash, length = text.partition("/")
            first = _number(family, begin)
            host_bits = bits - int(length) if slash else 0
            if not 0 <= host_bits <= bits or (slash and not length.isdigit()):
                raise ValueError(text)
            last = first | ((1 << host_bits) - 1)
            if first & ((1 << host_bits) - 1):
                raise HostError(
                    f"Invalid network {text!r}: the address is not the first address of the network; use that one, or"
                    " omit the prefix length."
                )
    except (OSError, ValueError):
        raise HostError(
            f"Invalid IP address or network {text!r}: use the form '192.0.2.7', '192.0.2.0/24' or '2001:db8::/64'."
        )
    return family, first, last


def _number(family, text):
    packed = socket.inet_pton(FAMILIES[family][0], text)
    if family == "ip":
        return struct.unpack("!I", packed)[0]
    high, low = struct.unpack("!QQ", packed)
    return high << 64 | low


def _cidrs(family, spans):
    """Yield the largest aligned blocks that make up the union of the spans."""
    bits = FAMILIES[family][1]
    for first, last in _union(spans):
        while first <= last:
            size = (first & -first).bit_length() - 1 if first else bits
            while first + (1 << size) - 1 > last:
                size -= 1
            begin = to_text(family, first)
            yield begin if size == 0 else f"{begin}/{bits - size}"
            first += 1 << size


def _union(spans):
    spans = sorted(spans)
    current_first, current_last = spans[0]
    for first, last in spans[1:]:
        if first > current_last + 1:
            yield current_first, current_last
            current_first, current_last = first, last
        else:
            current_last = max(current_last, last)
    yield current_first, current_last
