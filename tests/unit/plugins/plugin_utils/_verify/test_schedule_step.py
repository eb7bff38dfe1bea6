# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step schedule: what it returns, and how it refuses."""

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import options, schedule_step
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder

GROUPS = {"all": ["plain", "m", "c", "d"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c", "d"]}
HOSTVARS = {
    "m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}, "d": {"ansible_host": "198.51.100.2"},
    "plain": {},
}


@pytest.fixture
def run(tmp_path):
    def run_step(variables=None, **given):
        hostvars = {**HOSTVARS, "m": {**HOSTVARS["m"], **(variables or {})}}
        task_vars = {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars, **hostvars["m"]}
        return schedule_step.run(options.read(given), str(tmp_path), task_vars, lambda value: value)

    return run_step


def test_a_schedule(run):
    result = run(hosts="all", seed="s")
    assert (result["pairs"], result["seed"], result["wait"]) == (2, "s", 0)
    assert sorted(result["hosts"]) == ["c", "d", "m"]
    [batch] = result["batches"]
    assert (batch["number"], sorted(batch["hosts"])) == (1, ["c", "d", "m"])
    assert result["announcement"][0].startswith(f"{result['probes']:,} probes between 2 pairs of hosts:")
    schedule = RunFolder(result["schedule_dir"]).schedule()
    assert schedule.domains == {"m": "default", "c": "default", "d": "default"}
    assert len(schedule.batches[0]) == result["probes"]


def test_only_pairs_with_a_host(run):
    assert sorted(run(hosts="all", involving="c")["hosts"]) == ["c", "m"]


def test_nothing_to_verify_is_no_failure(run):
    result = run(hosts="c,d")
    assert (result["probes"], result["hosts"], result["batches"]) == (0, [], [])
    assert result["announcement"][0] == "Nothing to verify: no packet is sent."


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"hosts": "all", "involving": "ghost"}, "hosts: 'ghost' matches no host of the inventory."),
        ({"hosts": "all", "involving": "plain"},
         "verify_step: involving names plain, which has no role; add it to one of the groups that give roles, or "),
        ({"hosts": ["m", "c"], "involving": "c,d"},
         "verify_step: involving names d, which is not one of the hosts of this run; remove --limit,"),
        ({"hosts": "plain"}, "None of these hosts has a role;"),
        ({"hosts": "all", "sample": "lots"}, "verify_step: sample is 'lots'; set it to a whole number"),
        ({"hosts": "all", "variables": {"nim_http": "maybe"}}, "Host m: nim_http is 'maybe';"),
    ],
)
def test_refusals_are_sentences(run, arguments, message):
    with pytest.raises(MatrixError) as error:
        run(**arguments)
    assert str(error.value).startswith(message)


def test_netaddr_is_required(run, monkeypatch):
    monkeypatch.setattr(address_sets, "netaddr", None)
    with pytest.raises(MatrixError, match="the Python package netaddr"):
        run(hosts="all")


def test_a_run_waits_until_the_last_one_is_forgotten(run, tmp_path):
    (tmp_path / "verify.json").write_text(json.dumps({"tracking_seconds": 120}))
    result = run(hosts="all", report_dir=str(tmp_path))
    assert 120 <= result["wait"] <= 122
    assert f"{result['wait']} s of waiting first" in "".join(result["announcement"])
    os.utime(tmp_path / "verify.json", (1, 1))
    assert run(hosts="all", report_dir=str(tmp_path))["wait"] == 0
