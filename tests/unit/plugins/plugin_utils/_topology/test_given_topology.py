# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A topology that a task gives: which of its machines are hosts of the inventory, and what counts more."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError

GROUPS = {"all": ["nim-a", "lpar7", "lpar9", "bmc"], "nim_masters": ["nim-a"], "nim_clients": ["lpar7", "lpar9"]}
HOSTS = {
    "nim-a": {"ansible_host": "192.0.2.10", "nim_domain": "blue"},
    "lpar7": {"ansible_host": "198.51.100.7", "nim_domain": "blue", "nim_nfs_version": 4},
    "lpar9": {"ansible_host": "198.51.100.9", "nim_domain": "blue"},
    "bmc": {"ansible_host": "198.51.100.99"},
}


def machine(*roles, hostnames=(), **variables):
    return {"roles": list(roles), "hostnames": list(hostnames), "variables": variables}


MASTER = machine("nim_master", hostnames=["other"], fleet_ports_addresses=["192.0.2.10"], nim_master_port="2058")
CLIENT = machine(
    "nim_client", hostnames=["lpar7.example.com"], fleet_ports_addresses=["203.0.113.7"], nim_communication="rsh"
)
STRANGER = machine("nim_client", fleet_ports_addresses=["203.0.113.8"], nim_communication="nimsh")
TOPOLOGY = {"master": MASTER, "seven": CLIENT, "eight": STRANGER}


def group(found, name):
    return found["peers"][name]


def test_the_master_opens_for_the_machines_and_not_for_the_groups(plan):
    found = plan("nim-a", GROUPS, HOSTS, topology=TOPOLOGY)
    assert found["roles"] == ["nim_master"]
    assert group(found, "nim_client") == ["203.0.113.7/32", "203.0.113.8/32"]
    assert group(found, "nim_client/rsh") == ["203.0.113.7/32"]
    assert group(found, "nim_client/nfs4") == ["203.0.113.7/32"], "what the topology leaves out, the inventory says"
    assert {"2058"} == {flow["destination"]["ports"][0] for flow in found["flows"] if flow["id"] == "nim-request"}


def test_a_client_is_known_by_the_host_name_of_its_interface(plan):
    found = plan("lpar7", GROUPS, HOSTS, topology=TOPOLOGY)
    assert (found["roles"], found["addresses"]) == (["nim_client"], ["203.0.113.7/32"])
    assert group(found, "nim_master") == ["192.0.2.10/32"]


def test_a_host_that_the_topology_does_not_name_has_no_role_in_nim(plan):
    assert plan("lpar9", GROUPS, HOSTS, topology=TOPOLOGY)["roles"] == []
    assert plan("bmc", {**GROUPS, "bmc_hosts": ["bmc"]}, HOSTS, topology=TOPOLOGY)["roles"] == ["bmc_host"]


def test_a_host_that_no_group_names_has_the_roles_of_the_topology(plan):
    topology = {**TOPOLOGY, "bmc": machine("nim_client", fleet_ports_addresses="203.0.113.99")}
    variables = {**HOSTS, "bmc": {"nim_domain": "blue"}}
    assert plan("bmc", GROUPS, variables, topology=topology)["roles"] == ["nim_client"]


def test_no_host_is_taken_for_the_master_because_of_its_name(plan):
    groups = {**GROUPS, "all": ["nim-a", "master"]}
    assert plan("master", groups, {**HOSTS, "master": {}}, topology={"master": MASTER})["roles"] == []


def test_the_master_is_found_by_its_address_only_where_it_has_the_role(plan):
    elsewhere = {**HOSTS, "nim-a": {**HOSTS["nim-a"], "ansible_host": "192.0.2.99"}}
    assert plan("nim-a", GROUPS, elsewhere, topology=TOPOLOGY)["roles"] == []


def test_plans_of_many_hosts(fleet):
    plans = fleet(GROUPS, HOSTS, topology=TOPOLOGY).plans(GROUPS["all"])
    assert list(plans) == ["nim-a", "lpar7"]


def test_a_retired_client_is_retired_whatever_the_database_says(plan):
    variables = {**HOSTS, "lpar7": {**HOSTS["lpar7"], "nim_state": "retired"}}
    assert group(plan("nim-a", GROUPS, variables, topology=TOPOLOGY), "nim_client") == ["203.0.113.8/32"]


@pytest.mark.parametrize(
    "topology, sentence",
    [
        ([1], "port_matrix: topology is [1]; set it to the topology that nim_topology_info returns."),
        ({"x": 1}, "port_matrix: topology.x is 1; set it to a mapping with roles and variables."),
        (
            {"x": {"roles": ["bmc_host"]}},
            "port_matrix: topology.x: Unknown NIM role 'bmc_host'. "
            "The roles are nim_master, nim_client, nim_resource_server.",
        ),
        (
            {"x": machine("nim_client", fleet_ports_addresses="y")},
            "topology.x: fleet_ports_addresses has 'y'; "
            "set it to an IP address or a network, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64.",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(plan, topology, sentence):
    with pytest.raises(MatrixError) as error:
        plan("nim-a", GROUPS, HOSTS, topology=topology)
    assert str(error.value) == sentence
