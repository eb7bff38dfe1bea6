# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of all hosts but one, against those that are put together without it."""

from __future__ import annotations

import random

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import peer_set
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.coverage import Coverage


def without(hosts, number):
    """What Coverage says of all but one, and the same put together anew."""
    others = [network for other, networks in enumerate(hosts) if other != number for network in networks]
    return Coverage(hosts).without(hosts[number]), address_sets.aggregate(others)


@pytest.mark.parametrize(
    "hosts",
    [
        [["192.0.2.1/32"]],
        [["192.0.2.1/32"], ["192.0.2.1/32"]],
        [["192.0.2.0/32"], ["192.0.2.1/32"], ["192.0.2.2/32"], ["192.0.2.3/32"]],
        # One that lies in another, one that two share, and one host's own twice over.
        [["192.0.2.0/24"], ["192.0.2.7/32"], ["192.0.2.0/25"]],
        [["192.0.2.1/32", "203.0.113.9/32"], ["192.0.2.2/32", "203.0.113.9/32"]],
        [["192.0.2.0/30", "192.0.2.1/32"], ["192.0.2.2/32"]],
        # The last of IPv4 and the first of IPv6 are no neighbours.
        [["255.255.255.255/32"], ["::/128"], ["::1/128"], ["0.0.0.0/0"], ["ffff::/16"]],
        [[], ["192.0.2.1/32"]],
    ],
)
def test_all_but_one(hosts):
    for number in range(len(hosts)):
        found, expected = without(hosts, number)
        assert found == expected


@pytest.mark.parametrize("seed", range(40))
def test_any_networks(seed):
    draw = random.Random(seed)

    def network():
        if draw.random() < 0.3:
            length = draw.choice([121, 124, 127, 128, 128])
            return address_sets.network(f"2001:db8::{draw.randrange(128):x}/{length}")
        return address_sets.network(f"192.0.2.{draw.randrange(128)}/{draw.choice([25, 28, 30, 31, 32, 32, 32])}")

    hosts = [[network() for _time in range(draw.randint(1, 4))] for _time in range(draw.randint(1, 30))]
    for number in range(len(hosts)):
        found, expected = without(hosts, number)
        assert found == expected


def test_many_who_ask_each_other_are_put_together_once(fleet, monkeypatch):
    names = [f"h{number}" for number in range(60)]
    made = []
    monkeypatch.setattr(peer_set, "Coverage", lambda hosts: made.append(1) or Coverage(hosts))
    groups = {"all": names, "pinned_nfs_servers": names, "pinned_nfs_clients": names}
    variables = {name: {"ansible_host": f"192.0.2.{number}"} for number, name in enumerate(names)}
    plans = fleet(groups, variables).plans(names)
    assert len(made) == 2
    assert plans["h0"]["peers"]["nfs_server"][:2] == ["192.0.2.1/32", "192.0.2.2/31"]
    assert plans["h59"]["peers"]["nfs_client"][-2:] == ["192.0.2.56/31", "192.0.2.58/32"]
