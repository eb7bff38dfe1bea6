# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: what it reads of the hosts, and returns."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.run_report import ActionModule

GROUPS = {"all": ["m", "c"], "ungrouped": [], "nim_masters": ["m"], "nim_clients": ["c"]}
MATRIX = {"fleet_ports_matrix": {"concerns": ["flows"]}}
HOSTVARS = {
    "m": {**MATRIX, "nim_firewall_result": {"changed": True}},
    "c": {**MATRIX, "nim_firewall_result": {"failed": True, "msg": "No."}},
}


@pytest.fixture(name="run")
def fixture_run(hostvars):
    def run_task(hosts, check=False):
        task = MagicMock(args={"hosts": hosts}, check_mode=check, async_val=0)
        action = ActionModule(
            task=task, connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        return action.run(None, {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars(HOSTVARS)})

    return run_task


def test_hosts_are_summed_up(run):
    result = run(["m", "c"])
    assert result["summary"] == ["2 hosts: 1 changed, 0 stayed as they were, 1 failed.", "Changed: m", "c failed: No."]
    assert result["counts"] == {"hosts": 2, "changed": 1, "unchanged": 0, "failed": 1}
    assert (result["changed_hosts"], result["unchanged_hosts"], result["failed_hosts"]) == (["m"], [], ["c"])
    assert result["changed"] is False


def test_check_mode_predicts(run):
    assert run("nim_masters", check=True)["summary"][1] == "Would change: m"


def test_a_host_that_is_not_there(run):
    result = run("ghost")
    assert result["failed"]
    assert result["msg"].startswith("hosts: 'ghost' matches no host of the inventory")
