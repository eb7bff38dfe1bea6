# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a run."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule

ENDS = {"protocol": "tcp", "source_address": "192.0.2.1", "source_port": 600,
        "destination_address": "192.0.2.2", "destination_port": 3901}
THERE = {"id": 1, "flows": ["nimsh-request"], "expect": "pass", "from": "m", "to": "a/b", **ENDS}
BACK = {"id": 2, "flows": ["nim-request"], "expect": "pass", "from": "a/b", "to": "m", **ENDS}


@pytest.fixture
def run(tmp_path):
    run = RunFolder(str(tmp_path))
    run.save(Schedule("seed", 200, batches=[[THERE, BACK], [THERE]]))
    return run


def test_each_host_has_its_part(run):
    part = run.part(1, "a/b")
    assert (part["listen"], part["send"]) == ([THERE], [BACK])
    assert (part["rate"], part["nonce"]) == (200, run.schedule().nonce)
    assert run.part(2, "a/b")["send"] == []
    assert run.part(1, "stranger") is None


def test_the_schedule_is_the_same_again(run):
    assert run.schedule().batches == [[THERE, BACK], [THERE]]


def test_findings(run):
    run.note(1, "a/b", "send", {"outcomes": {"2": "answered"}})
    assert run.finding(1, "a/b", "send") == {"outcomes": {"2": "answered"}}
    assert run.finding(2, "a/b", "send") == {}


def test_a_host_that_could_not_listen_takes_no_other_step(run):
    run.note(1, "m", "listen", {"obstacle": "m: it is down"})
    assert run.finding(1, "m", "send") == run.finding(1, "m", "collect") == {"obstacle": "m: it is down"}
    run.note(1, "a/b", "listen", {"served": {}})
    assert run.finding(1, "a/b", "collect") == {}


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(MatrixError, match=r"There is no schedule in /.*/gone\. Set schedule_dir to the one"):
        RunFolder(str(tmp_path / "gone")).schedule()
