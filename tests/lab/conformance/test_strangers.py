# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix opens arrives, and of thousands of others nothing does: at each edge, and drawn at random."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from .matrix import Opening
from .packets import Packet
from .samples import samples
from .site import VERSIONS
from .trials import arrived_as_said, entered, walked
from .way import ways
from .witnesses import Delivered

AT_RANDOM = 3000
UNNAMED = 99


@pytest.mark.parametrize("version", VERSIONS)
def test_exactly_what_the_matrix_opens_passes(site, judge, seed, version: int) -> None:
    """Through the gateway, and from a neighbour of the receiver, whose own filter must do without the gateway's."""
    for pair, way in ways(site, version):
        draw = random.Random(f"{seed} {site.profile} {way.sender} {way.receiver} {version}")
        tried = samples(way.boxes, AT_RANDOM, draw)
        judge(site.enforced_by(pair), 2 * len(tried), walked(way, tried) + entered(way, tried))


@pytest.mark.parametrize("version", VERSIONS)
def test_open_ports_are_open_to_nobody_else(site, judge, seed, version: int) -> None:
    """A host that the plans don't name, in the segment of one that they do, finds them all closed."""
    for pair, way in ways(site, version):
        stranger = site.network(way.sender).addresses(UNNAMED)[VERSIONS.index(version)].partition("/")[0]
        opening = Opening(site.plans[way.receiver], "in", stranger, way.destination)
        tried = samples(way.boxes, 0, random.Random(seed))
        says = {Packet(stranger, way.destination, ports): opening.flows(ports) for ports in tried}
        assert not any(says.values())
        with (
            closing(site.neighbour(way.receiver)) as sender,
            closing(Delivered(site.namespace(way.receiver), version)) as witness,
        ):
            mismatches = arrived_as_said(sender, says, {f"behind the filter of {way.receiver}": witness})
        judge(site.enforced_by(pair), len(tried), mismatches)


def test_nothing_was_widened(site) -> None:
    """Each host's packet filter can say exactly what the matrix says, so nothing has to be allowed for here."""
    assert site.widened == []
