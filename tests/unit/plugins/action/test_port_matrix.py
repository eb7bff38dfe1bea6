# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: what it returns for one host and for many, and how it fails."""

from __future__ import annotations

import json
from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.port_matrix import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets

GROUPS = {"all": ["plain", "m", "c"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c"]}
HOSTVARS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}, "plain": {}}


@pytest.fixture
def run():
    def run_task(host="m", check=False, variables=None, **arguments):
        task = MagicMock(args=arguments, check_mode=check, diff=True, async_val=0)
        templar = MagicMock(template=lambda value: value)
        action = ActionModule(
            task=task, connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(), templar=templar,
            shared_loader_obj=MagicMock(),
        )
        hostvars = {**HOSTVARS, host: {**HOSTVARS[host], **(variables or {})}}
        return action.run(None, {"inventory_hostname": host, "groups": GROUPS, "hostvars": hostvars, **hostvars[host]})

    return run_task


def test_one_host(run):
    result = run()
    assert result["changed"] is False
    assert result["plan"]["host"] == "m"
    assert result["concerns"] == ["services", "pins", "flows"]
    assert "result" not in result


def test_a_host_without_a_role_has_an_empty_plan(run):
    assert run("plain")["concerns"] == []


def test_a_gateway_without_masters_has_no_concern(run):
    assert run("plain", roles="nim_gateway", variables={"nim_domain": "alone"})["concerns"] == []


def test_a_question(run):
    assert run(query="peers.nim_client")["result"] == ["198.51.100.1/32"]


def test_many_hosts_without_a_file(run):
    result = run(hosts="all")
    assert list(result["plans"]) == ["m", "c"]
    assert result["hosts"] == ["m", "c"]
    assert result["count"] == 2
    assert result["conflicts"][0]["hosts"] == ["m", "c"]


def test_many_hosts_with_groups_that_are_not_there(run):
    result = run(hosts="all", variables={"fleet_ports_groups": {"nim_client": ["nim_clients", "lpars"]}})
    assert result["conflicts"][0]["hosts"] == []
    assert result["conflicts"][0]["sentence"].startswith("The inventory: fleet_ports_groups names group lpars for")


def test_a_question_about_many_hosts_is_answered_instead_of_their_plans(run):
    result = run(hosts=["m", "c"], query="roles")
    assert result["result"] == {"m": ["nim_master"], "c": ["nim_client"]}
    assert "plans" not in result


def test_many_hosts_into_a_file(run, tmp_path):
    path = str(tmp_path / "fleet.json")
    predicted = run(hosts="all", dest=path, check=True)
    assert (predicted["changed"], predicted["count"]) == (True, 2)
    assert not (tmp_path / "fleet.json").exists()
    result = run(hosts="all", dest=path)
    assert (result["changed"], result["path"], result["files"]) == (True, path, 1)
    assert "plans" not in result
    document = json.loads((tmp_path / "fleet.json").read_text())
    assert document["version"] == 1
    assert list(document["plans"]) == ["m", "c"]
    assert run(hosts="all", dest=path)["changed"] is False


def test_reports(run, tmp_path):
    result = run(hosts="all", report_dir=str(tmp_path))
    assert result["files"] == 3 + 3 * 2
    assert sorted(path.name for path in (tmp_path / "hosts").iterdir()) == [
        "c.csv", "c.json", "c.md", "m.csv", "m.json", "m.md",
    ]
    assert result["report_dir"] == str(tmp_path)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"roles": "nim_mastr"}, "port_matrix: Unknown role 'nim_mastr'."),
        ({"query": "flows["}, "query 'flows[' is not a JMESPath expression"),
        ({"hosts": "nobody"}, "hosts: 'nobody' matches no host of the inventory."),
        ({"hosts": "plain"}, "None of these hosts has a role;"),
        ({"hosts": "all", "dest": "/proc/no/where"}, "Cannot write /proc/no/where"),
        ({"variables": {"nim_http": "maybe"}}, "Host m: nim_http is 'maybe'; set it to true or false."),
        ({"variables": {"fleet_ports_groups": 1}}, "Host m: fleet_ports_groups is 1; set it to a mapping"),
    ],
)
def test_failures_are_sentences(run, arguments, message):
    result = run(**arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(message)
    assert "\n" not in result["msg"]


def test_a_topology_is_written_and_read_in_slices(run, tmp_path, monkeypatch):
    path = str(tmp_path / "topology.json")
    predicted = run(hosts="all", topology_dest=path, check=True)
    assert (predicted["changed"], predicted["files"]) == (True, 1)
    result = run(hosts="m", topology_dest=path)
    assert (result["changed"], result["topology_dest"], result["count"]) == (True, path, 1)
    assert "plans" not in result
    assert run(hosts="all", topology_dest=path)["changed"] is False
    whole = run("m")
    monkeypatch.setitem(GROUPS, "all", ["plain", "m"])
    monkeypatch.setitem(GROUPS, "nim_clients", [])
    assert run("m", variables={"fleet_ports_topology": path}) == whole
    monkeypatch.chdir(tmp_path)
    assert run("m", variables={"fleet_ports_topology": "topology.json", "fleet_ports_sliced": True}) == whole
    assert run("m", variables={"fleet_ports_topology": ""}) != whole
    assert run("m", variables={"fleet_ports_topology": path, "fleet_ports_sliced": False}) != whole


def test_the_topology_that_is_written_is_the_inventorys(run, tmp_path):
    """A file that is out of date is no obstacle to a new one."""
    path = str(tmp_path / "topology.json")
    run(hosts="all", topology_dest=path)
    named = {"fleet_ports_topology": path, "nim_http": True}
    assert run("m", variables=named)["failed"] is True
    assert run("m", hosts="all", topology_dest=path, variables=named)["changed"] is True
    assert "failed" not in run("m", variables=named)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "This inventory is one slice of a fleet, so not all hosts of the role nim_client are known."),
        ({"hosts": "all"}, "This inventory is one slice of a fleet, so not all hosts of the role nim_client are"),
        ({"hosts": "all", "topology_dest": "/x"}, "This inventory is one slice of a fleet, and the option topology_"),
    ],
)
def test_a_slice_of_awx_is_known_as_one(run, arguments, message):
    awx = {"awx_job_template_name": "Ports", "awx_workflow_job_name": "Ports"}
    result = run("m", variables=awx, **arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(message)
    assert "failed" not in run("m", variables={**awx, "fleet_ports_sliced": "no"})


@pytest.mark.parametrize("arguments", [{}, {"hosts": "all"}])
def test_errors_among_the_conflicts_fail_if_asked_to(run, arguments, tmp_path):
    broken = {"nfs_ports_mountd": 4045}
    assert "failed" not in run(variables=broken, **arguments)
    result = run(variables=broken, on_conflict="fail", **arguments)
    assert result["failed"] is True
    assert result["msg"] == (
        "m: mountd and lockd are both pinned to 4045. Two daemons cannot share a port. "
        "Set nfs_ports_lockd to another port."
    )
    assert "failed" not in run(on_conflict="fail", **arguments)


@pytest.mark.parametrize("arguments", [{}, {"addresses": "192.0.2.1"}])
def test_without_netaddr_the_missing_package_is_named(run, arguments, monkeypatch):
    monkeypatch.setattr(address_sets, "netaddr", None)
    assert run(**arguments)["msg"] == (
        "fleet.ports needs the Python package netaddr, which is missing on the controller or in its execution "
        "environment. Install netaddr there."
    )
