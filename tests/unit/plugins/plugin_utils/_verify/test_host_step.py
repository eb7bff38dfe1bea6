# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a host: the options of flow_probe, and that its failure is a finding."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import host_step
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule

ENDS = {"protocol": "tcp", "source_address": "192.0.2.1", "source_port": 600,
        "destination_address": "192.0.2.2", "destination_port": 3901}


def probe(number, sender, receiver):
    return {"id": number, "flows": ["f"], "expect": "pass", "from": sender, "to": receiver, **ENDS}


@pytest.fixture
def run(tmp_path):
    run = RunFolder(str(tmp_path))
    run.save(Schedule("seed", 200, batches=[[probe(1, "m", "c"), probe(2, "m", "d"), probe(3, "c", "m")]]))
    return run


@pytest.fixture
def step(run):
    """Take a step on a host, where flow_probe returns this; return the task's result and the options of flow_probe."""

    def take(name, host, found=None):
        asked = []
        result = host_step.run(run.path, 1, host, name, lambda options: asked.append(options) or found or {})
        return result, asked[0] if asked else None

    return take


def test_listen(step, run):
    result, told = step("listen", "c", {"listening": 1, "served": {"1": "rpcbind"}, "tracking_seconds": 30, "changed": False})
    assert told == {"mode": "listen", "nonce": run.schedule().nonce, "probes": [{"id": 1, **ENDS}], "seconds": 82}
    assert (result["probes"], result["obstacle"]) == (1, None)
    assert run.finding(1, "c", "listen") == {"served": {"1": "rpcbind"}, "tracking_seconds": 30}


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
    for host, name in (("stranger", "listen"), ("d", "send")):
        result, told = step(name, host)
        assert result["skipped"] is True
        assert told is None


def test_an_unreachable_host_takes_no_other_step_and_gets_no_probes(step, run):
    result, _told = step("listen", "c", {"failed": True, "unreachable": True, "msg": "no route to host"})
    assert "failed" not in result
    assert result["obstacle"] == run.finding(1, "c", "send")["obstacle"] == "c: no route to host"
    for name in ("send", "collect"):
        assert step(name, "c")[1] is None
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


def test_a_missing_folder_is_refused(step, run, tmp_path):
    run.path = str(tmp_path / "gone")
    with pytest.raises(MatrixError, match="There is no schedule in "):
        step("listen", "c")
