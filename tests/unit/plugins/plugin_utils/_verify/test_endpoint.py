# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses at which hosts talk."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint, ways


def endpoint(*networks, reached_at="name", peers=()):
    return Endpoint({"host": "h", "peers": {"nim_client": list(peers)}, "holds": []}, networks, reached_at)


@pytest.mark.parametrize(
    "networks, reached_at, addresses",
    [
        (["192.0.2.1/32", "2001:db8::1/128"], "h", ["192.0.2.1", "2001:db8::1"]),
        (["192.0.2.0/24"], "192.0.2.7", ["192.0.2.7"]),
        (["192.0.2.0/24"], "198.51.100.7", []),
        (["192.0.2.0/24"], "h.example.com", []),
        (["192.0.2.0/24", "192.0.2.9/32"], "192.0.2.7", ["192.0.2.9"]),
        ([], "192.0.2.7", []),
    ],
)
def test_single_addresses(networks, reached_at, addresses):
    assert list(map(str, endpoint(*networks, reached_at=reached_at).addresses)) == addresses


def test_the_nearest_addresses_of_the_older_family_come_first():
    gateway = endpoint("192.0.2.1/32", "198.51.100.1/32", "2001:db8:2::1/128")
    client = endpoint("2001:db8:2::11/128", "198.51.100.11/32")
    assert ways(gateway, client) == [
        ("198.51.100.1", "198.51.100.11"), ("192.0.2.1", "198.51.100.11"), ("2001:db8:2::1", "2001:db8:2::11"),
    ]


def test_no_family_in_common():
    assert ways(endpoint("192.0.2.1/32"), endpoint("2001:db8::1/128")) == []


@pytest.mark.parametrize(
    "address, end, counts",
    [
        ("198.51.100.7", {"role": "nim_client"}, True),
        ("198.51.101.7", {"role": "nim_client"}, False),
        ("0.0.0.0", {"role": "nim_client", "peers": "unaddressed"}, False),
        ("198.51.100.7", {"role": "nim_master", "peers": "nim_client"}, True),
    ],
)
def test_who_is_among_the_peers(address, end, counts):
    host = endpoint("192.0.2.1/32", peers=["198.51.100.0/24"])
    assert host.counts(address, end) is counts
    assert host.counts(address, end) is counts  # from memory
