# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: their shape, their claims, and what is said where none can be made."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request

NIM = {"nim_masters": ["m"], "nim_clients": ["c"]}
HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}}


def test_the_shape_of_a_plan(plan):
    found = plan("m", NIM, {**HOSTS, "m": {**HOSTS["m"], "nim_interfaces": "en1"}})
    assert list(found) == [
        "host", "domain", "roles", "addresses", "interfaces", "peers", "services", "holds", "pins", "flows",
        "window", "retired", "conflicts",
    ]
    assert found["host"] == "m"
    assert found["domain"] == "default"
    assert found["roles"] == ["nim_master"]
    assert found["addresses"] == ["192.0.2.1/32"]
    assert found["interfaces"] == ["en1"]


def test_a_bmc_host_names_and_holds_its_ports(plan):
    found = plan("h", {"bmc_hosts": ["h"]}, {"h": {"ansible_host": "h.example.com"}})
    assert [(entry["name"], entry["port"], entry["protocol"]) for entry in found["services"]] == [
        ("rmcp", 623, "udp"), ("rmcps", 664, "udp"),
    ]
    assert found["services"][0]["comment"] == "Aux Bus Shunt (Primary RMCP Port)"
    assert found["holds"] == [
        {"port": port, "protocol": protocol} for port in (623, 664) for protocol in ("udp", "tcp")
    ]


def test_ports_and_protocols_to_hold_can_be_set(plan):
    found = plan("h", {"bmc_hosts": ["h"]}, {"h": {"port_blocker_ports": "623", "port_blocker_protocols": "udp"}})
    assert found["holds"] == [{"port": 623, "protocol": "udp"}]


@pytest.mark.parametrize(
    "client, names",
    [
        ({}, ["nim", "nimreg", "nimsh", "nimaux"]),
        ({"nim_communication": "rsh"}, ["nim", "nimreg"]),
        ({"nim_http": True}, ["nim", "nimreg", "nimsh", "nimaux", "nimhttp"]),
    ],
)
def test_a_nim_host_names_what_it_uses(plan, client, names):
    found = plan("c", NIM, {**HOSTS, "c": {**HOSTS["c"], **client}})
    assert [entry["name"] for entry in found["services"]] == names


def test_names_have_the_ports_that_are_set(plan):
    found = plan("m", NIM, {**HOSTS, "m": {**HOSTS["m"], "nim_master_port": "2058"}})
    assert found["services"][0]["port"] == 2058


@pytest.mark.parametrize(
    "variables, addresses",
    [
        (
            {"fleet_ports_addresses": ["10.0.0.1", "2001:db8::1"], "ansible_host": "192.0.2.1"},
            ["10.0.0.1/32", "2001:db8::1/128"],
        ),
        ({"fleet_ports_addresses": "10.0.0.0/31"}, ["10.0.0.0/31"]),
        ({"ansible_host": "2001:db8::9"}, ["2001:db8::9/128"]),
    ],
)
def test_addresses_of_a_host(plan, variables, addresses):
    assert plan("m", NIM, {**HOSTS, "m": variables})["addresses"] == addresses


def test_a_host_may_be_named_by_its_address(plan):
    found = plan("192.0.2.7", {"nim_masters": ["192.0.2.7"], "nim_clients": ["c"]}, {**HOSTS, "192.0.2.7": {}})
    assert found["addresses"] == ["192.0.2.7/32"]


@pytest.mark.parametrize("asked, without", [("m", "m"), ("m", "c"), ("c", "m")])
def test_a_host_without_an_address_is_named(plan, asked, without):
    with pytest.raises(MatrixError) as error:
        plan(asked, NIM, {**HOSTS, without: {"ansible_host": f"{without}.example.com"}})
    assert str(error.value) == (
        f"Host {without} has no address: Ansible reaches it as '{without}.example.com', which is not an IP address. "
        f"Set fleet_ports_addresses for it to a list of addresses or networks."
    )


def test_a_pin_of_statd_is_refused_on_aix(plan):
    with pytest.raises(MatrixError) as error:
        plan("m", NIM, {**HOSTS, "m": {**HOSTS["m"], "fleet_ports_system": "aix", "nfs_ports_statd": 4046}})
    assert str(error.value) == (
        'Host m: nfs_ports_statd is 4046, but on AIX "statd cannot be bound to a specific port, and will always choose '
        'an arbitrary port" (002, NFS). Set it to auto or null.'
    )


def test_an_unfit_variable_of_a_peer_names_the_peer(plan):
    with pytest.raises(MatrixError) as error:
        plan("m", NIM, {**HOSTS, "c": {**HOSTS["c"], "nim_communication": "ssh"}})
    assert str(error.value) == "Host c: nim_communication is 'ssh'; set it to nimsh or rsh."


def test_own_options_replace_what_the_inventory_says(plan):
    found = plan("x", NIM, {**HOSTS, "x": {}}, roles="nim_master,bmc_host", addresses="192.0.2.99", domain="default")
    assert found["roles"] == ["nim_master", "bmc_host"]
    assert found["addresses"] == ["192.0.2.99/32"]
    assert found["peers"]["nim_client"] == ["198.51.100.1/32"]
    assert plan("m", NIM, HOSTS, domain="elsewhere")["flows"] == []


def test_many_plans_leave_out_hosts_without_a_role(fleet):
    assert list(fleet(NIM, {**HOSTS, "plain": {}}).plans(["plain", "c", "m"])) == ["c", "m"]


def test_no_plan_at_all_names_the_groups(fleet):
    with pytest.raises(MatrixError) as error:
        fleet(NIM, {"plain": {}}).plans(["plain"])
    assert "add them to one of the groups nim_masters, nim_clients," in str(error.value)


def test_no_plan_at_all_names_a_group_that_is_misspelt(fleet):
    with pytest.raises(MatrixError) as error:
        fleet({"bmc_host": ["h"]}, {"h": {}}).plans(["h"])
    assert str(error.value) == (
        "None of these hosts has a role; rename the group bmc_host to bmc_hosts, or set fleet_ports_groups."
    )


def test_hosts_without_a_plan_have_conflicts_as_well(fleet):
    few = fleet({**NIM, "bmc_host": ["c", "h"]}, {**HOSTS, "h": {}, "plain": {}})
    names = ["m", "c", "h", "plain"]
    told = {
        host: [conflict["what"] for conflict in conflicts if "Group" in conflict["what"]]
        for host, conflicts in few.conflicts(names, few.plans(names)).items()
    }
    assert told == {
        "m": [],
        "c": ["Group bmc_host gives no role"],
        "h": ["Group bmc_host gives no role"],
        "plain": [],
    }


def test_a_group_that_is_set_and_not_there_is_a_conflict_of_the_inventory():
    role_groups = read_role_groups("test", {"nim_client": ["nim_clients", "lpars"], "nfs_server": "nim_masters"})
    found = Fleet(NIM, role_groups, HOSTS.get, Request({"on_conflict": "report"})).conflicts_of_inventory()
    assert [conflict_checks.sentence("The inventory", conflict) for conflict in found] == [
        "The inventory: fleet_ports_groups names group lpars for nim_client. The inventory has no such group. "
        "Correct the name, or create the group."
    ]
