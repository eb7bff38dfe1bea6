# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: what it writes and returns, and that it writes nothing if something is wrong."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.policy_export import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._export import aerleon
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets

GROUPS = {
    "all": ["m", "c", "b", "plain"], "ungrouped": ["plain"],
    "nim_masters": ["m"], "nim_clients": ["c"], "bmc_hosts": ["b"],
}  # fmt: skip
HOSTVARS = {
    "m": {"ansible_host": "192.0.2.1"},
    "c": {"ansible_host": "198.51.100.1", "nfs_ports_mountd": 4045, "nfs_ports_lockd": 4045},
    "b": {"ansible_host": "198.51.100.9"},
    "plain": {},
}


@pytest.fixture(name="run")
def fixture_run(tmp_path):
    def run_task(formats, hosts="all", check=False, dest=tmp_path / "policies"):
        arguments = {"hosts": hosts, "formats": formats, "dest": str(dest)}
        task = MagicMock(args=arguments, check_mode=check, diff=True, async_val=0)
        action = ActionModule(
            task=task, connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        return action.run(None, {"inventory_hostname": "m", "groups": GROUPS, "hostvars": HOSTVARS, **HOSTVARS["m"]})

    return run_task


def test_files_are_written_once(run, tmp_path):
    names = ["aerleon/policies/pol/fleet_ports.yaml", "aerleon/def/fleet_ports.yaml", "host_nft/m.sh", "host_nft/c.sh"]
    predicted = run("aerleon,host_nft", check=True)
    assert (predicted["changed"], predicted["files"], len(predicted["diff"])) == (True, 4, 4)
    assert not (tmp_path / "policies").exists()
    result = run("aerleon,host_nft")
    assert result["paths"] == [f"{tmp_path}/policies/{name}" for name in names]
    assert (result["changed"], result["files"], result["formats"]) == (True, 4, ["aerleon", "host_nft"])
    again = run("aerleon,host_nft")
    assert (again["changed"], again["files"], again["diff"], again["paths"]) == (False, 0, [], result["paths"])


def test_a_fleet_with_a_conflict_is_written_all_the_same(run):
    """What is to be thought over is the report's to say."""
    assert not run("host_nft", hosts="c").get("failed")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"formats": "cisco"}, "policy_export: formats is 'cisco'; set it to one or more of aerleon, "),
        ({"formats": "aerleon", "hosts": "ghost"}, "hosts: 'ghost' matches no host of the inventory. "),
        ({"formats": "aerleon", "hosts": "plain"}, "None of these hosts has a role; add them to one of the groups "),
        ({"formats": "aerleon", "hosts": "b"}, "policy_export: nothing to write for aerleon: no flow of "),
        ({"formats": "host_nft,host_genfilt"}, "policy_export: nothing to write for host_genfilt: none of "),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_written(run, tmp_path, arguments, sentence):
    result = run(**arguments)
    assert result["failed"] and result["msg"].startswith(sentence)
    assert not (tmp_path / "policies").exists()


def test_without_a_library_nothing_is_half_done(run, tmp_path, monkeypatch):
    monkeypatch.setattr(aerleon, "api", None)
    assert run("host_nft,cisco_ios")["msg"].startswith("Format cisco_ios requires the Python package aerleon ")
    assert not (tmp_path / "policies").exists()
    monkeypatch.setattr(address_sets, "netaddr", None)
    assert "netaddr" in run("host_nft")["msg"]


def test_a_folder_that_is_a_file(run, tmp_path):
    (tmp_path / "policies").write_text("")
    assert run("aerleon")["msg"] == (
        f"Cannot read {tmp_path}/policies/aerleon/policies/pol/fleet_ports.yaml: Not a directory."
    )


def test_a_folder_where_nothing_can_be_written(run):
    assert run("aerleon", dest="/proc/policies")["msg"].startswith(
        "Cannot write /proc/policies/aerleon/policies/pol/fleet_ports.yaml: "
    )
