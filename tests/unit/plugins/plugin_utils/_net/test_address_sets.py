# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, checked and aggregated."""

from __future__ import annotations

import random

import netaddr
import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets


@pytest.mark.parametrize(
    "text, network",
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1/24", "192.0.2.0/24"),
        (" 2001:db8::1 ", "2001:db8::1/128"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("nim01", None),
        ("10", None),
        ("", None),
        ("192.0.2.1/33", None),
        (None, None),
    ],
)
def test_network(text, network):
    assert address_sets.network(text) == network


def test_aggregate_covers_just_these():
    addresses = [f"192.0.2.{number}/32" for number in range(256)] + ["2001:db8::1/128", "198.51.100.1/32"]
    assert address_sets.aggregate(addresses) == ["192.0.2.0/24", "198.51.100.1/32", "2001:db8::1/128"]


def test_aggregate_of_one_and_none():
    assert address_sets.aggregate(["192.0.2.1/32", "192.0.2.1/32"]) == ["192.0.2.1/32"]
    assert address_sets.aggregate([]) == []


@pytest.mark.parametrize("seed", range(20))
def test_aggregate_is_what_netaddr_makes_of_it(seed):
    draw = random.Random(seed)
    hosts = [f"192.0.2.{draw.randrange(256)}/{draw.randint(24, 32)}" for _time in range(draw.randint(2, 60))]
    hosts += [f"2001:db8::{draw.randrange(4096):x}/{draw.randint(112, 128)}" for _time in range(draw.randint(0, 60))]
    networks = set(map(address_sets.network, [*hosts, "0.0.0.0/32", "255.255.255.255/32", "::/128"]))
    assert address_sets.aggregate(networks) == list(map(str, netaddr.cidr_merge(networks)))


def test_outside():
    networks = ["192.0.2.0/24", "192.0.2.7/32", "198.51.100.0/25", "2001:db8::/64"]
    assert address_sets.outside(networks, ["192.0.2.0/25", "192.0.2.128/25", "2001:db8::/65"]) == networks[2:]
    assert address_sets.outside(networks, []) == networks
    assert address_sets.outside(networks, ["::/0", "0.0.0.0/0"]) == []
