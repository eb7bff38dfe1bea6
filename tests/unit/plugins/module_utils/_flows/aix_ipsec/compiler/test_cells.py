# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first cell that contains a packet says everything about it, however the peers overlap."""

import random
from ipaddress import ip_address, ip_network

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.cells import cells, everywhere

ANYWHERE = everywhere(4)


def network(text):
    return ip_network(text)


def some_network(chance):
    """A network among sixteen."""
    length = chance.randint(0, 4)
    return ip_network((chance.getrandbits(4) >> (4 - length) << (32 - length) if length else 0, length))


@pytest.mark.parametrize("seed", range(80))
def test_first_cell_of_an_address_has_all_its_boxes(seed):
    chance = random.Random(seed)
    openings = {}
    for _opening in range(chance.randint(1, 8)):
        openings.setdefault((some_network(chance), some_network(chance)), set()).add(chance.randint(1, 4))
    found = cells(openings)
    for place in range(256):
        source, destination = ip_address((place >> 4) << 28), ip_address((place & 15) << 28)
        wanted = {
            box for (sources, destinations), boxes in openings.items()
            if source in sources and destination in destinations for box in boxes
        }  # fmt: skip
        met = [boxes for (sources, destinations), boxes in found if source in sources and destination in destinations]
        assert (met[0] if met else set()) == wanted
        assert all(boxes <= wanted for boxes in met)


def test_networks_with_the_same_boxes_are_aggregated():
    halves = {(network("10.0.0.0/25"), ANYWHERE): {"a"}, (network("10.0.0.128/25"), ANYWHERE): {"a"}}
    assert cells(halves) == [((network("10.0.0.0/24"), ANYWHERE), {"a"})]


def test_a_peer_within_a_network_gets_the_boxes_of_both():
    server, clients = (network("10.0.0.5/32"), ANYWHERE), (network("10.0.0.0/24"), ANYWHERE)
    assert cells({clients: {"a"}, server: {"b"}}) == [(server, {"a", "b"}), (clients, {"a"})]


def test_a_peer_that_adds_nothing_to_its_network_has_no_cell():
    assert len(cells({(network("10.0.0.5/32"), ANYWHERE): {"a"}, (network("10.0.0.0/24"), ANYWHERE): {"a"}})) == 1


def test_pairs_that_cross_meet_in_a_cell():
    one = (network("10.0.0.0/8"), network("192.0.2.1/32"))
    other = (network("10.0.0.1/32"), network("192.0.2.0/24"))
    assert cells({one: {"a"}, other: {"b"}})[0] == ((other[0], one[1]), {"a", "b"})
