# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who talks to whom: told together where it is the same, and never more than what was told."""

from __future__ import annotations

import itertools

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.address_pairs import Aggregates, fewest
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet

M1, M2, C1, C2 = "192.0.2.0/32", "192.0.2.1/32", "198.51.100.0/32", "198.51.100.1/32"
MASTERS, CLIENTS = ("192.0.2.0/31",), ("198.51.100.0/31",)


def pairs(*told):
    return fewest(told, Aggregates())


def test_what_all_tell_is_one_pair():
    told = [((C1,), MASTERS), ((C2,), MASTERS), (CLIENTS, (M1,)), (CLIENTS, (M2,))]
    for order in itertools.permutations(told):
        assert pairs(*order) == [(CLIENTS, MASTERS)]


def test_who_sees_other_peers_stays_apart():
    told = [((C1,), (M1,)), ((C2,), (M2,))]
    assert sorted(pairs(*told)) == told


def test_what_lies_in_another_pair_is_left_out():
    assert pairs(((C1,), (M1,)), (("198.51.100.0/24",), ("192.0.2.0/24",))) == [
        (("198.51.100.0/24",), ("192.0.2.0/24",))
    ]


def rows_of(fleet, groups, variables, row):
    plans = fleet(groups, variables).plans(variables)
    found = [each for each in rows_of_fleet(plans.values()) if each.kind.id == row]
    return [(each.source_addresses, each.destination_addresses) for each in found]


def test_masters_of_different_networks_are_not_mixed(fleet):
    groups = {"nim_masters": ["m1", "m2"]}
    variables = {
        "m1": {"ansible_host": "192.0.2.1", "nim_client_networks": "10.1.0.0/16"},
        "m2": {"ansible_host": "192.0.2.2", "nim_client_networks": "10.2.0.0/16"},
    }
    assert sorted(rows_of(fleet, groups, variables, "nim-request")) == [
        (("10.1.0.0/16",), ("192.0.2.1/32",)),
        (("10.2.0.0/16",), ("192.0.2.2/32",)),
    ]


def test_hosts_that_are_both_servers_and_clients_make_one_pair(fleet):
    names = [f"h{number}" for number in range(8)]
    variables = {name: {"ansible_host": f"192.0.2.{number}"} for number, name in enumerate(names)}
    groups = {"pinned_nfs_servers": names, "pinned_nfs_clients": names}
    assert rows_of(fleet, groups, variables, "nfs-tcp-call") == [(("192.0.2.0/29",), ("192.0.2.0/29",))]


def test_a_gateway_tells_nothing_new(fleet):
    groups = {"nim_masters": ["m"], "nim_clients": ["c"], "nim_gateways": ["g"]}
    variables = {name: {"ansible_host": f"192.0.2.{number}"} for number, name in enumerate("mcg", start=1)}
    assert rows_of(fleet, groups, variables, "nim-request") == [(("192.0.2.2/32",), ("192.0.2.1/32",))]
