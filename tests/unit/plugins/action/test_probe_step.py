# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task probe_step: what a host is told, and that its failure is a finding."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.probe_step import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Schedule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import Run

ENDS = {"protocol": "tcp", "source_address": "192.0.2.1", "source_port": 600,
        "destination_address": "192.0.2.2", "destination_port": 3901}


def probe(number, sender, receiver):
    return {"id": number, "flows": ["f"], "expect": "pass", "from": sender, "to": receiver, **ENDS}


@pytest.fixture
def run(tmp_path):
    run = Run(str(tmp_path))
    run.save(Schedule("seed", 200, batches=[[probe(1, "m", "c"), probe(2, "m", "d"), probe(3, "c", "m")]]))
    return run


@pytest.fixture
def step(run):
    """Take a step on a host, where the module answers so; return the task's result and what the module was told."""

    def take(mode, host, answer=None, check=False):
        action = ActionModule(
            task=MagicMock(args={"schedule": run.path, "batch": 1, "mode": mode}, check_mode=check, async_val=0),
            connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(),
            shared_loader_obj=MagicMock(),
        )
        execute = MagicMock(side_effect=answer if isinstance(answer, Exception) else None, return_value=answer or {})
        action._execute_module = execute
        result = action.run(None, {"inventory_hostname": host})
        return result, execute.call_args.kwargs["module_args"] if execute.called else None

    return take


def test_listen(step, run):
    result, told = step("listen", "c", {"listening": 1, "served": {"1": "rpcbind"}, "changed": False})
    assert told == {"mode": "listen", "nonce": run.schedule().nonce, "probes": [{"id": 1, **ENDS}], "seconds": 82}
    assert (result["changed"], result["probes"], result["obstacle"]) == (False, 1, None)
    assert run.finding(1, "c", "listen") == {"served": {"1": "rpcbind"}}


def test_send_and_collect(step, run):
    for host in ("m", "c", "d"):
        step("listen", host)
    _result, told = step("send", "m", {"outcomes": {"1": "answered"}})
    assert (told["rate"], [each["id"] for each in told["probes"]]) == (200, [1, 2])
    assert "seconds" not in told
    _result, told = step("collect", "m", {"heard": [3], "strangers": 4})
    assert told == {"mode": "collect", "nonce": run.schedule().nonce}
    assert run.finding(1, "m", "collect") == {"heard": [3]}


def test_what_ansible_found_is_passed_on(step):
    facts = {"discovered_interpreter_python": "/usr/bin/python3"}
    assert step("listen", "c", {"ansible_facts": facts})[0]["ansible_facts"] == facts


def test_a_host_without_a_part_in_it(step):
    for host, mode in (("stranger", "listen"), ("d", "send")):
        result, told = step(mode, host)
        assert result["skipped"] is True
        assert told is None


def test_check_mode_sends_nothing(step):
    assert step("listen", "c", check=True)[1] is None


def test_a_host_that_is_down_is_left_alone_and_so_is_whoever_would_send_to_it(step, run):
    result, _told = step("listen", "c", AnsibleConnectionFailure("no route\nto host"))
    assert "failed" not in result
    assert result["obstacle"] == run.finding(1, "c", "send")["obstacle"] == "c: no route to host"
    for mode in ("send", "collect"):
        assert step(mode, "c")[1] is None
    step("listen", "m")
    step("listen", "d")
    assert [each["id"] for each in step("send", "m")[1]["probes"]] == [2]


def test_a_host_that_cannot_listen_can_still_send(step, run):
    step("listen", "c", {"failed": True, "msg": "Probing flows requires root. Set become: true."})
    step("listen", "m")
    assert step("send", "c")[1]["probes"] == [{"id": 3, **ENDS}]
    assert step("collect", "c")[1] is None
    assert run.finding(1, "c", "collect") == {
        "obstacle": "c: Probing flows requires root. Set become: true.", "unreachable": False,
    }


def test_a_schedule_that_is_gone(step, run, tmp_path):
    run.path = str(tmp_path / "gone")
    result, _told = step("listen", "c")
    assert result["failed"] is True
    assert result["msg"].startswith(f"There is no schedule in {run.path};")
