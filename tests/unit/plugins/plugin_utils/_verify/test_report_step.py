# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step report: from findings to files."""

from __future__ import annotations

import json
import os
import time
from unittest.mock import patch

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import report_step
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule

PROBE = {
    "id": 1, "flows": ["nimsh-request"], "expect": "pass", "from": "m", "to": "c", "protocol": "tcp",
    "source_address": "192.0.2.1", "source_port": 600, "destination_address": "192.0.2.2", "destination_port": 3901,
}


@pytest.fixture(name="folder")
def folder_of_a_run(tmp_path):
    folder = RunFolder(str(tmp_path / "run"))
    folder.save(Schedule("5eed", 200, batches=[[PROBE], [PROBE]], domains={"m": "default", "c": "default"}))
    for batch, outcome in ((1, "answered"), (2, "silent")):
        folder.note(batch, "c", "listen", {"obstacles": {}, "tracking_seconds": 120})
        folder.note(batch, "m", "send", {"outcomes": {"1": outcome}, "tracking_seconds": 30})
        folder.note(batch, "c", "collect", {"heard": []})
    return folder


@pytest.fixture
def report(folder):
    def run(report_dir=None, check=False):
        return report_step.run(folder.path, report_dir and str(report_dir), ("my fleet.yml",), check, False)

    return run


def test_all_batches_are_put_together(report):
    result = report()
    assert (result["counts"]["passed"], result["counts"]["blocked"]) == (1, 1)
    assert result["blocked_flows"] == ["nimsh-request"]
    assert result["summary"].endswith(
        "run ansible-playbook -i 'my fleet.yml' fleet.ports.site --check --diff --limit m,c"
    )
    assert result["lines"][-1] == "2 probes: 1 passed, 1 blocked. Seed 5eed."


def test_files(report, tmp_path):
    where = tmp_path / "report"
    assert report(check=True, report_dir=where)["changed"] is True
    assert not where.exists()
    assert report(report_dir=where)["files"] == 2
    document = json.loads((where / "verify.json").read_text())
    assert [(probe["batch"], probe["verdict"]) for probe in document["probes"]] == [(1, "passed"), (2, "blocked")]
    assert (where / "verify.md").read_text().startswith("# Verification of the fleet\n")
    assert report(report_dir=where)["changed"] is False


def test_a_report_is_as_old_as_its_run_even_if_it_says_the_same(report, tmp_path):
    path = tmp_path / "verify.json"
    report(report_dir=tmp_path)
    os.utime(path, (1, 1))
    assert report(check=True, report_dir=tmp_path)["changed"] is False
    assert path.stat().st_mtime == 1
    assert report(report_dir=tmp_path)["changed"] is False
    assert time.time() - path.stat().st_mtime < 60


def test_the_schedule_is_read_once(report):
    with patch.object(RunFolder, "schedule", autospec=True, side_effect=RunFolder.schedule) as read:
        report()
    assert read.call_count == 1


def test_a_missing_folder_is_refused():
    with pytest.raises(MatrixError, match=r"There is no schedule in /nowhere\. Set schedule_dir to the one that step="):
        report_step.run("/nowhere", None, (), False, False)


def tracking_seconds(report, tmp_path):
    report(report_dir=tmp_path)
    return json.loads((tmp_path / "verify.json").read_text())["tracking_seconds"]


def test_the_report_has_the_longest_time_that_a_host_remembers_packets(report, tmp_path):
    assert tracking_seconds(report, tmp_path) == 120


def test_a_host_that_returned_no_time_counts_as_the_longest_default(folder, report, tmp_path):
    folder.note(2, "m", "send", {"outcomes": {"1": "silent"}, "tracking_seconds": None})
    assert tracking_seconds(report, tmp_path) == 180


def test_a_gateway_that_takes_no_part_counts_as_the_longest_default(folder, report, tmp_path):
    schedule = folder.schedule()
    schedule.gateways = {"default": ["g"]}
    folder.save(schedule)
    assert tracking_seconds(report, tmp_path) == 180


def test_an_unreachable_host_got_no_packets_to_remember(folder, report, tmp_path):
    folder.note(2, "m", "send", {"obstacle": "m: no route to host"})
    assert tracking_seconds(report, tmp_path) == 120
