# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the source's table passes, to the letter, in both profiles and both versions of the Internet protocol.

A row that may not begin a conversation is tried as what it is: the answer to another row, whose packet goes first.
"""

from __future__ import annotations

import re

import pytest

from .site import VERSIONS
from .table import TEXT, Row, rows
from .trials import answered, walked
from .way import Way

ROWS = list(rows())


def test_the_table_is_read_whole() -> None:
    """Each arrow in it is a row."""
    assert len(ROWS) == TEXT.read_text(encoding="utf-8").count("-->") == 28


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.sub(r"\W+", "-", "-".join(row)))
def test_a_row_of_the_table_passes(site, judge, row: Row) -> None:
    """Between a master and each of its clients."""
    for pair in site.pairs():
        hosts = {"Master": pair.master, "Client": pair.client}
        for version in VERSIONS:
            way = Way(site, hosts[row.source], hosts[row.destination], version)
            tried = row.samples(site.plans[way.sender], site.plans[way.receiver])
            begins = [ports for ports in tried if way.flows(ports)]
            answers = [ports for ports in tried if not way.flows(ports)]
            unheard_of = [ports for ports in answers if not way.back.flows(ports.back)]
            assert not unheard_of, f"The matrix has no flow for {unheard_of}, nor one that they answer."
            judge(site.enforced_by(pair), len(tried), walked(way, begins) + answered(way, answers))
