# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts exchange flows, and which of the pairs are tested."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Pair, choose, gateways

HOSTS = {
    "m": {"ansible_host": "192.0.2.1"}, "n": {"ansible_host": "192.0.2.2"}, "g": {"ansible_host": "192.0.2.3"},
    "other": {"ansible_host": "192.0.2.4", "nim_domain": "other"},
    **{f"c{number}": {"ansible_host": f"198.51.100.{number}"} for number in range(1, 10)},
}
CLIENTS = [name for name in HOSTS if name.startswith("c")]


@pytest.fixture
def chosen(fleet):
    def choose_from(groups, involving=(), most_clients=50, seed="s"):
        names = list(dict.fromkeys(name for members in groups.values() for name in members))
        return choose(fleet({"all": names, **groups}, HOSTS).plans(names), involving, most_clients, seed)

    return choose_from


def test_each_relation_joins_its_hosts_once(chosen):
    groups = {"nim_masters": ["m"], "nim_resource_servers": ["n"], "nim_clients": ["c1"], "nim_gateways": ["g"]}
    assert set(chosen(groups).pairs) == {
        Pair("m", "c1"), Pair("n", "c1"), Pair("n", "m"), Pair("m", "g"), Pair("g", "c1"),
    }


def test_two_relations_between_the_same_hosts_are_one_pair(chosen):
    groups = {
        "nim_masters": ["m"], "nim_clients": ["c1"], "pinned_nfs_servers": ["c1"], "pinned_nfs_clients": ["m"],
    }
    assert chosen(groups).pairs == [Pair("m", "c1")]


def test_domains_do_not_mix(chosen):
    choice = chosen({"nim_masters": ["m"], "nim_clients": ["other"]})
    assert (choice.pairs, choice.without_pairs) == ([], ["default", "other"])


def test_pairs_that_touch_a_host(chosen):
    groups = {"nim_masters": ["m", "n"], "nim_clients": CLIENTS}
    assert chosen(groups, involving={"c2"}).pairs == [Pair("m", "c2"), Pair("n", "c2")]
    assert len(chosen(groups, involving={"m"}).pairs) == len(CLIENTS)
    assert chosen(groups, involving={"c2"}).without_pairs == []


def test_only_domains_that_are_looked_at_are_said_to_have_no_pair(chosen):
    groups = {"nim_masters": ["m"], "nim_clients": ["c1", "other"]}
    assert chosen(groups).without_pairs == ["other"]
    assert chosen(groups, involving={"c1"}).without_pairs == []
    assert chosen(groups, involving={"other"}).without_pairs == ["other"]


def test_of_many_clients_some_are_drawn_and_that_is_said(chosen):
    groups = {"nim_masters": ["m", "n"], "nim_clients": CLIENTS}
    choice = chosen(groups, most_clients=3)
    assert choice.reduced == [("m", 9, 3), ("n", 9, 3)]
    of_m, of_n = ({pair.client for pair in choice.pairs if pair.server == server} for server in ("m", "n"))
    assert len(of_m) == 3 and of_m == of_n
    assert chosen(groups, most_clients=3) == choice
    assert len({frozenset(chosen(groups, most_clients=3, seed=seed).pairs) for seed in "abcdef"}) > 1


def test_a_client_that_is_added_does_not_shift_the_others(chosen):
    few = chosen({"nim_masters": ["m"], "nim_clients": CLIENTS[:-1]}, most_clients=4)
    more = chosen({"nim_masters": ["m"], "nim_clients": CLIENTS}, most_clients=4)
    assert len(set(few.pairs) & set(more.pairs)) >= 3


def test_gateways_by_domain(fleet):
    groups = {"all": ["m", "c1", "g"], "nim_masters": ["m"], "nim_clients": ["c1"], "nim_gateways": ["g"]}
    assert gateways(fleet(groups, HOSTS).plans(groups["all"]).values()) == {"default": ["g"]}
