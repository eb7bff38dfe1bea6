# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be computed in a slice of the inventory, and what is refused there."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.inventory_scope import Slice, detect, is_slice

GROUPS = {"all": ["m"], "nim_masters": ["m"], "nim_clients": [], "bmc_hosts": ["m"]}
MASTER = {"ansible_host": "192.0.2.1"}
ROLE_GROUPS = read_role_groups("test", {})
AWX_SLICE = {"awx_job_template_name": "Ports", "awx_workflow_job_name": "Ports"}


def plan(groups, variables, **options):
    request = Request({"on_conflict": "report", **options})
    return Fleet(groups, ROLE_GROUPS, variables.__getitem__, request, Slice()).plan("m")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, None),
        ({"awx_job_template_name": "Ports"}, None),
        ({"awx_job_template_name": "Ports", "awx_workflow_job_name": "Nightly"}, None),
        ({"awx_workflow_job_name": "Nightly"}, None),
        (AWX_SLICE, True),
        ({**AWX_SLICE, "fleet_ports_sliced": "false"}, False),
        ({**AWX_SLICE, "fleet_ports_sliced": ""}, True),
        ({"fleet_ports_sliced": "yes"}, True),
    ],
)
def test_a_slice_is_known_by_what_awx_says_or_by_the_variable(variables, said):
    assert is_slice("Host m", variables) is said


def test_a_word_that_is_neither_is_one_sentence():
    with pytest.raises(MatrixError) as error:
        is_slice("Host m", {"fleet_ports_sliced": "perhaps"})
    assert str(error.value) == "Host m: fleet_ports_sliced is 'perhaps'; set it to true or false."


def test_a_plan_that_needs_hosts_of_other_slices_is_refused():
    with pytest.raises(MatrixError) as error:
        plan(GROUPS, {"m": MASTER})
    assert str(error.value) == (
        "This inventory is one slice of a fleet, so not all hosts of the role nim_client are known. Set "
        "fleet_ports_topology to the topology.json of fleet.ports.plan, or nim_client_networks to the networks of all "
        "clients, or set fleet_ports_sliced to false if this inventory has all hosts."
    )


def test_networks_stand_for_the_clients_of_all_slices():
    whole = {**GROUPS, "all": ["m", "c"], "nim_clients": ["c"]}
    variables = {"m": {**MASTER, "nim_client_networks": "198.51.100.0/24"}, "c": {"ansible_host": "203.0.113.1"}}
    expected = Fleet(whole, ROLE_GROUPS, variables.__getitem__, Request({"on_conflict": "report"})).plan("m")
    assert plan(GROUPS, variables) == expected
    assert expected["peers"]["nim_client"] == ["198.51.100.0/24"]


def test_networks_say_nothing_about_another_role():
    with pytest.raises(MatrixError) as error:
        plan({**GROUPS, "nim_gateways": []}, {"m": {**MASTER, "nim_client_networks": "198.51.100.0/24"}})
    assert "not all hosts of the role nim_gateway are known" in str(error.value)
    assert "networks of all clients" not in str(error.value)


def test_who_needs_no_peers_has_a_plan():
    assert plan({"all": ["m"], "bmc_hosts": ["m"]}, {"m": MASTER})["holds"]


def test_a_task_that_names_the_peers_has_a_plan():
    found = plan(GROUPS, {"m": MASTER}, peers={"nim_client": "198.51.100.1"})
    assert found["peers"]["nim_client"] == ["198.51.100.1/32"]


def test_what_needs_the_whole_inventory_is_refused():
    with pytest.raises(MatrixError) as error:
        detect("Host m", AWX_SLICE).need_all("topology_dest")
    assert str(error.value) == (
        "This inventory is one slice of a fleet, and the option topology_dest needs the whole inventory. Use it in a "
        "job without slices, or set fleet_ports_sliced to false if this inventory has all hosts."
    )
    assert not isinstance(detect("Host m", {}), Slice)


def test_a_database_of_nim_cannot_be_matched_with_a_part_of_the_inventory():
    with pytest.raises(MatrixError) as error:
        plan({"all": ["m"]}, {"m": MASTER}, topology={"m": {"roles": ["nim_master"], "variables": MASTER}})
    assert "and the option topology needs the whole inventory." in str(error.value)
