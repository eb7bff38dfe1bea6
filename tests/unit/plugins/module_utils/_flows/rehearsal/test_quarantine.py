# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Peers that a rule stops by name: those that it names, or all others."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import Opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.probes import Trial
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.quarantine import named_peers

PEERS = {"c": {"ip": ["198.51.100.0/24"], "ip6": ["2001:db8:2::/64"]}, "m": {"ip": ["192.0.2.9"]}}
OPENING = Opening(rules=(), answers=(), peers=PEERS, interfaces=(), spans={}, parts=())


def stopped(named, *peers):
    return named_peers(named, Trial(None, (), peers, False), OPENING)


@pytest.mark.parametrize(
    "named, peers",
    [
        ({"198.51.100.7"}, ["198.51.100.7"]),
        ({"198.51.100.7", "203.0.113.9"}, ["198.51.100.7"]),
        ({"198.51.100.0/25", "192.0.2.0/24"}, ["198.51.100.0/25", "192.0.2.9"]),
        ({"198.51.0.0-198.51.100.7"}, ["198.51.100.0/29"]),
    ],
)
def test_a_rule_that_names_the_peer_stops_all_peers_that_it_names(named, peers):
    assert sorted(stopped(named, "198.51.100.7")) == sorted(peers)


def test_a_rule_that_names_others_stops_all_but_those():
    """``ip saddr != 203.0.113.0/24 drop``: only the peer of the packet is known to be stopped."""
    assert stopped({"203.0.113.0/24"}, "198.51.100.7") == ["198.51.100.7"]
    assert stopped({"203.0.113.0/24"}, "2001:db8:2::7") == ["2001:db8:2::7"]


def test_a_rule_without_names_stops_nobody_by_name():
    assert stopped(set(), "198.51.100.7") == []


def test_a_packet_without_peers_has_none():
    assert stopped({"198.51.100.7"}) == []
