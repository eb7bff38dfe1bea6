# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task probe_report: from findings to files."""

from __future__ import annotations

import json
import os
import time
from unittest.mock import MagicMock, patch

import pytest
from ansible import context
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.probe_report import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Schedule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import Run

PROBE = {
    "id": 1, "flows": ["nimsh-request"], "expect": "pass", "from": "m", "to": "c", "protocol": "tcp",
    "source_address": "192.0.2.1", "source_port": 600, "destination_address": "192.0.2.2", "destination_port": 3901,
}


@pytest.fixture
def schedule(tmp_path):
    run = Run(str(tmp_path / "run"))
    run.save(Schedule("5eed", 200, batches=[[PROBE], [PROBE]], domains={"m": "default", "c": "default"}))
    for batch, outcome in ((1, "answered"), (2, "silent")):
        run.note(batch, "c", "listen", {"obstacles": {}})
        run.note(batch, "m", "send", {"outcomes": {"1": outcome}})
        run.note(batch, "c", "collect", {"heard": []})
    return run.path


@pytest.fixture
def report(schedule, monkeypatch):
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict(inventory=("my fleet.yml",)))

    def run_task(check=False, **arguments):
        task = MagicMock(args={"schedule": schedule, **arguments}, check_mode=check, diff=False, async_val=0)
        action = ActionModule(
            task=task, connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(),
            shared_loader_obj=MagicMock(),
        )
        return action.run(None, {})

    return run_task


def test_all_batches_are_put_together(report):
    result = report()
    assert result["changed"] is False
    assert (result["counts"]["passed"], result["counts"]["blocked"]) == (1, 1)
    assert result["blocked_flows"] == ["nimsh-request"]
    assert result["sentence"].endswith(
        "run ansible-playbook -i 'my fleet.yml' fleet.ports.site --check --diff --limit m,c"
    )
    assert result["lines"][-1] == "2 probes: 1 passed, 1 blocked. Seed 5eed."


def test_files(report, tmp_path):
    folder = tmp_path / "report"
    assert report(check=True, report_dir=str(folder))["changed"] is True
    assert not folder.exists()
    assert report(report_dir=str(folder))["files"] == 2
    document = json.loads((folder / "verify.json").read_text())
    assert [(probe["batch"], probe["verdict"]) for probe in document["probes"]] == [(1, "passed"), (2, "blocked")]
    assert (folder / "verify.md").read_text().startswith("# What passes\n")
    assert report(report_dir=str(folder))["changed"] is False


def test_a_report_is_as_old_as_its_run_even_if_it_says_the_same(report, tmp_path):
    path = tmp_path / "verify.json"
    report(report_dir=str(tmp_path))
    os.utime(path, (1, 1))
    assert report(check=True, report_dir=str(tmp_path))["changed"] is False
    assert path.stat().st_mtime == 1
    assert report(report_dir=str(tmp_path))["changed"] is False
    assert time.time() - path.stat().st_mtime < 60


def test_the_schedule_is_read_once(report):
    with patch.object(Run, "schedule", autospec=True, side_effect=Run.schedule) as read:
        report()
    assert read.call_count == 1


def test_a_schedule_that_is_gone(report):
    result = report(schedule="/nowhere")
    assert result["failed"] is True
    assert result["msg"] == "There is no schedule in /nowhere; give the path that probe_schedule returned."
