# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix opens arrives, and of thousands of others nothing does: at each edge, and drawn at random."""

from __future__ import annotations

import random

import pytest

from .samples import samples
from .site import VERSIONS
from .trials import entered, walked
from .way import Way

AT_RANDOM = 3000


@pytest.mark.parametrize("version", VERSIONS)
def test_exactly_what_the_matrix_opens_passes(site, judge, seed, version: int) -> None:
    """Through the gateway, and from a neighbour of the receiver, whose own filter must do without the gateway's."""
    for pair in site.pairs():
        for sender, receiver in (pair, reversed(pair)):
            way = Way(site, sender, receiver, version)
            draw = random.Random(f"{seed} {site.profile} {sender} {receiver} {version}")
            tried = samples(way.boxes, AT_RANDOM, draw)
            judge(site.enforced_by(pair), 2 * len(tried), walked(way, tried) + entered(way, tried))


def test_nothing_was_widened(site) -> None:
    """Each host's packet filter can say exactly what the matrix says, so nothing has to be allowed for here."""
    assert site.widened == []
