# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task probe_schedule: what it returns, and how it refuses."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.probe_schedule import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import Run

GROUPS = {"all": ["plain", "m", "c", "d"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c", "d"]}
HOSTVARS = {
    "m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}, "d": {"ansible_host": "198.51.100.2"},
    "plain": {},
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def run_task(variables=None, **arguments):
        action = ActionModule(
            task=MagicMock(args=arguments, check_mode=False, diff=True, async_val=0), connection=MagicMock(),
            play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(template=lambda value: value),
            shared_loader_obj=MagicMock(),
        )
        hostvars = {**HOSTVARS, "m": {**HOSTVARS["m"], **(variables or {})}}
        return action.run(None, {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars, **hostvars["m"]})

    return run_task


def test_a_schedule(run):
    result = run(hosts="all", seed="s")
    assert result["changed"] is False
    assert (result["pairs"], result["seed"], result["wait"]) == (2, "s", 0)
    assert sorted(result["hosts"]) == ["c", "d", "m"]
    [batch] = result["batches"]
    assert (batch["number"], sorted(batch["hosts"])) == (1, ["c", "d", "m"])
    assert result["announcement"][0].startswith(f"{result['count']:,} probes between 2 pairs of hosts:")
    schedule = Run(result["path"]).schedule()
    assert schedule.domains == {"m": "default", "c": "default", "d": "default"}
    assert len(schedule.batches[0]) == result["count"]


def test_only_pairs_with_a_host(run):
    assert sorted(run(hosts="all", touching="c")["hosts"]) == ["c", "m"]


def test_nothing_to_prove_is_no_failure(run):
    result = run(hosts="c,d")
    assert (result["count"], result["hosts"], result["batches"]) == (0, [], [])
    assert result["announcement"][0] == "Nothing to prove: no packet is sent."
    assert "failed" not in result


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"hosts": "all", "touching": "ghost"}, "hosts: 'ghost' matches no host of the inventory;"),
        ({"hosts": "all", "touching": "plain"},
         "probe_schedule: plain is to be looked at, but has no role; put it into one of the groups that give roles, "),
        ({"hosts": ["m", "c"], "touching": "c,d"},
         "probe_schedule: d is to be looked at, but is not among the hosts of this run; leave out --limit,"),
        ({"hosts": "plain"}, "None of these hosts has a role;"),
        ({"hosts": "all", "sample": "lots"}, "probe_schedule: sample is 'lots'; set it to a whole number"),
        ({"hosts": "all", "variables": {"nim_http": "maybe"}}, "Host m: nim_http is 'maybe';"),
    ],
)
def test_refusals_are_sentences(run, arguments, message):
    result = run(**arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(message)
    assert "\n" not in result["msg"]


def test_without_netaddr(run, monkeypatch):
    monkeypatch.setattr(address_sets, "netaddr", None)
    assert "the Python package netaddr" in run(hosts="all")["msg"]
