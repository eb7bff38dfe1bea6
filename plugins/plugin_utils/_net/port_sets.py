# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets of ports: tuples of ranges in the notation of the plan, ``("68",)`` or ``("513-622", "624-1023")``.

This is the one form in which ports travel, from the reader of a variable to the plan, which is data for other programs.
Its bounds are parsed once for each set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

Ports = tuple[str, ...]

LOWEST, HIGHEST = 1, 65535

_FORM = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


class NoPorts(ValueError):
    """A text is not a port range; the message is the fault and the remedy."""

    def __init__(self, text: object, advice: str) -> None:
        super().__init__(advice)
        self.text = text


def normal(texts: Iterable[object]) -> Ports:
    """Return the ranges sorted, with overlapping and adjacent ones merged; raise NoPorts for an invalid range."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(map(_parse, texts)):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(_form(*pair) for pair in joined)


def contains(ports: Iterable[str], port: int) -> bool:
    return any(first <= port <= last for first, last in bounds(tuple(ports)))


def is_range(ports: Ports) -> bool:
    """Return whether the set has more than one port."""
    return len(ports) > 1 or "-" in ports[0]


def without(ports: Iterable[str], taken: Iterable[int]) -> Ports:
    """Return the ranges without these ports."""
    left = list(bounds(tuple(ports)))
    for port in taken:
        left = [piece for first, last in left for piece in _cut(first, last, port)]
    return tuple(_form(*pair) for pair in left)


@cache
def bounds(ports: Ports) -> tuple[tuple[int, int], ...]:
    """Return the first and the last port of each range."""
    return tuple(map(_parse, ports))


@cache
def common(one: Ports, other: Ports) -> Ports:
    """Return the ranges that two sets share."""
    shared = (
        (max(first, other_first), min(last, other_last))
        for first, last in bounds(one)
        for other_first, other_last in bounds(other)
    )
    return tuple(_form(first, last) for first, last in shared if first <= last)


def _cut(first: int, last: int, port: int) -> list[tuple[int, int]]:
    if not first <= port <= last:
        return [(first, last)]
    return [(low, high) for low, high in ((first, port - 1), (port + 1, last)) if low <= high]


def _parse(text: object) -> tuple[int, int]:
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise NoPorts(text, "set it to a port or a port range, such as 623 or 513-1023")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise NoPorts(text, "the start of the range is greater than its end")
    if first < LOWEST or last > HIGHEST:
        raise NoPorts(text, f"set it to a port or a port range within {LOWEST}-{HIGHEST}")
    return first, last


def _form(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
