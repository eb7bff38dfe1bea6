# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets between two ports as bits: none is lost, and each comparison picks out what it says."""

import itertools
from collections import namedtuple

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import port_grid
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.port_grid import ANY, HIGHEST, Grid

Box = namedtuple("Box", "protocol source destination")
BOXES = [Box("tcp", (512, 1023), (111, 111)), Box("tcp/ack", (0, HIGHEST), (2049, HIGHEST))]


@pytest.mark.parametrize("operator, below, at, above", [
    ("any", True, True, True), ("eq", False, True, False), ("neq", True, False, True), ("lt", True, False, False),
    ("le", True, True, False), ("gt", False, False, True), ("ge", False, True, True),
])  # fmt: skip
def test_comparisons(operator, below, at, above):
    assert [port_grid.matches((operator, 22), port) for port in (21, 22, 23)] == [below, at, above]


def test_the_ends_of_ranges_are_where_stretches_begin():
    grid = Grid(BOXES)
    assert grid.sources == [0, 512, 1024]
    assert grid.destinations == [0, 111, 112, 2049]


def test_a_box_is_the_packets_that_it_has_and_no_others():
    grid = Grid(BOXES)
    assert grid.inside(Box("", (0, HIGHEST), (0, HIGHEST))) == grid.everything
    assert grid.inside(BOXES[0]) == grid.matching("tcp", ("ge", 512), ("eq", 111)) & grid.matching("tcp", ("lt", 1024), ANY)
    assert bin(grid.inside(BOXES[0])).count("1") == 2, "with and without ACK"


def test_packets_with_ack_are_half_of_all():
    grid = Grid(BOXES)
    acknowledged = grid.matching("tcp/ack", ANY, ANY)
    assert acknowledged & grid.everything == acknowledged
    assert bin(grid.everything).count("1") == 2 * bin(acknowledged).count("1") == 2 * 3 * 4


def test_each_comparison_picks_out_other_packets_and_together_they_tell_all_apart():
    grid = Grid(BOXES)
    comparisons = grid.comparisons(grid.destinations)
    assert ("eq", 111) in comparisons and ("eq", 2049) not in comparisons
    found = {comparison: grid.matching("tcp", ANY, comparison) for comparison in comparisons}
    signatures = {
        tuple(port_grid.matches(comparison, port) for comparison in comparisons) for port in grid.destinations
    }
    assert len(signatures) == len(grid.destinations)
    assert all(found[one] != found[other] for one, other in itertools.combinations(set(comparisons) - {("eq", 0)}, 2))


@pytest.mark.parametrize("protocol", ["tcp", "tcp/ack"])
def test_a_protocol_with_ack_is_a_part_of_it_without(protocol):
    assert port_grid.without_ack(protocol) == "tcp"
