# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client that is retired: left out by everyone, itself without flows, and told whom not to trust."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import concerns_of

GROUPS = {"nim_masters": ["m"], "nim_clients": ["c", "d"], "nim_resource_servers": ["s"], "nim_gateways": ["g"]}
HOSTS = {
    "m": {"ansible_host": "192.0.2.1"},
    "s": {"ansible_host": "192.0.2.2"},
    "g": {"ansible_host": "192.0.2.3"},
    "c": {"ansible_host": "198.51.100.1", "nim_state": "retired"},
    "d": {"ansible_host": "198.51.100.2", "nim_state": "active"},
}


@pytest.mark.parametrize("host", ["m", "s", "g"])
def test_nobody_has_it_among_its_peers(plan, host):
    groups = plan(host, GROUPS, HOSTS)["peers"]
    assert groups["nim_client"] == ["198.51.100.2/32"]
    assert "198.51.100.1/32" not in [address for group in groups.values() for address in group]


def test_it_has_no_flows_and_is_told_whom_not_to_trust(plan):
    found = plan("c", GROUPS, HOSTS)
    assert (found["roles"], found["flows"], found["peers"], found["services"]) == ([], [], {}, [])
    assert found["retired"] == {"masters": ["m", "192.0.2.1/32"]}
    assert found["conflicts"] == []
    assert concerns_of(found) == ["flows"]


def test_of_peers_that_are_given_only_the_addresses_are_known(plan):
    found = plan("c", GROUPS, HOSTS, peers={"nim_master": "192.0.2.77"})
    assert found["retired"] == {"masters": ["192.0.2.77/32"]}


def test_others_are_not_retired(plan):
    assert plan("d", GROUPS, HOSTS)["retired"] is None


def test_only_a_client_can_be_retired(plan):
    found = plan("m", GROUPS, {**HOSTS, "m": {**HOSTS["m"], "nim_state": "retired"}})
    assert (found["roles"], found["retired"]) == (["nim_master"], None)


def test_its_other_roles_stay(plan):
    found = plan("c", {**GROUPS, "bmc_hosts": ["c"]}, HOSTS)
    assert found["roles"] == ["bmc_host"]
    assert concerns_of(found) == ["services", "holds", "flows"]


def test_roles_that_the_task_gives_make_no_difference(plan):
    assert plan("c", GROUPS, HOSTS, roles="nim_client")["retired"] == {"masters": ["m", "192.0.2.1/32"]}


def test_the_task_can_retire_its_host(plan):
    assert plan("d", GROUPS, HOSTS, nim_state="retired")["flows"] == []


def test_it_is_among_the_plans_of_many(fleet):
    assert fleet(GROUPS, HOSTS).plans(["c", "d"])["c"]["retired"] == {"masters": ["m", "192.0.2.1/32"]}


def test_another_word_is_one_sentence(plan):
    with pytest.raises(MatrixError) as error:
        plan("c", GROUPS, {**HOSTS, "c": {**HOSTS["c"], "nim_state": "gone"}})
    assert str(error.value) == "Host c: nim_state is 'gone'; set it to active or retired."
