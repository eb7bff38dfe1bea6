# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: what it reads of the hosts, writes and returns."""

from __future__ import annotations

import json
from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.drift_report import ActionModule

GROUPS = {"all": ["plain", "m", "c"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c"]}
MATRIX = {"fleet_ports_matrix": {"concerns": ["flows"]}}
HOSTVARS = {
    "plain": {},
    "m": {**MATRIX, "nim_firewall_result": {"changed": False, "differences": [], "owned": ["flows"]}},
    "c": {**MATRIX, "nim_firewall_result": {"failed": True, "msg": "No.", "owned": []}},
}


@pytest.fixture
def run(tmp_path, hostvars):
    def run_task(check=False, **arguments):
        arguments = {"report_dir": str(tmp_path), **arguments}
        task = MagicMock(args=arguments, check_mode=check, diff=True, async_val=0)
        action = ActionModule(
            task=task, connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        variables = {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars(HOSTVARS), **HOSTVARS["m"]}
        return action.run(None, variables)

    return run_task


def test_the_report_is_written_and_summed_up(run, tmp_path):
    predicted = run(hosts=["m", "c"], check=True)
    assert list(tmp_path.iterdir()) == []
    result = run(hosts=["m", "c"])
    assert (predicted["changed"], predicted["summary"]) == (result["changed"], result["summary"]) == (
        True,
        [
            "About the whole inventory: 2 of 2 hosts with a role. 1 in order, 1 different, 0 not audited.",
            "c differs: flows: No.",
        ],
    )
    assert (result["differs"], result["not_audited"], result["counts"]["findings"]) == (["c"], [], 1)
    assert result["report_dir"] == str(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.json", "audit.md"]
    document = json.loads((tmp_path / "audit.json").read_text())
    assert {host: drift["state"] for host, drift in document["hosts"].items()} == {"m": "in_order", "c": "differs"}


def test_the_same_findings_are_no_change(run):
    assert run(hosts=["m", "c"])["files"] == 2
    again = run(hosts=["m", "c"])
    assert (again["changed"], again["files"]) == (False, 0)


def test_a_part_of_the_inventory_is_said_to_be_one(run):
    assert run(hosts="m")["summary"] == [
        "About a part of the inventory: 1 of 2 hosts with a role. 1 in order, 0 different, 0 not audited."
    ]


def test_failures_are_sentences(run):
    assert run(hosts="nobody")["msg"].startswith("hosts: 'nobody' matches no host of the inventory;")
    assert run(hosts="all", report_dir="/proc/no/where")["msg"].startswith("Cannot write /proc/no/where")
