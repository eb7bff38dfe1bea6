# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ports to try: both sides of each edge of what the matrix opens, and thousands drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import product

from .matrix import Box
from .packets import PROTOCOLS, Ports

# What the lab's hosts let in besides, because the lab is run by it.
LEFT_ALONE = {("tcp", 22): "ssh"}


def samples(boxes: Iterable[Box], count: int, draw: random.Random) -> list[Ports]:
    """Return the corners of what is open, and as many others."""
    boxes = list(boxes)
    edges = sorted({port for box in boxes for port in (*around(box.source), *around(box.destination))})
    chosen = {ports for box in boxes for ports in _corners(box)}
    wanted = len(chosen) + count
    while len(chosen) < wanted:
        chosen.add(Ports(draw.choice(list(PROTOCOLS)), _port(edges, draw), _port(edges, draw)))
    tried = sorted(ports for ports in chosen if (ports.protocol, ports.destination) not in LEFT_ALONE)
    draw.shuffle(tried)
    return tried


def around(ports: range) -> list[int]:
    """The ends and the middle of a range, and its neighbours."""
    near = {ports[0] - 1, ports[0], ports[len(ports) // 2], ports[-1], ports[-1] + 1}
    return sorted(near & set(range(1, 65536)))


def _corners(box: Box) -> Iterator[Ports]:
    for source, destination in product(around(box.source), around(box.destination)):
        yield Ports(box.protocol, source, destination)


def _port(edges: list[int], draw: random.Random) -> int:
    return draw.choice(edges) if draw.random() < 0.3 else draw.randint(1, 65535)
