# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verify_step: each step gets its options and what it needs of Ansible."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
import yaml
from ansible import constants, context
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action.verify_step import ActionModule
from ansible_collections.fleet.ports.plugins.modules import verify_step as documentation
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder

OPTIONS = yaml.safe_load(documentation.DOCUMENTATION)["options"]
FACTS = ("type", "required", "default", "choices")
HOSTVARS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}}
GROUPS = {"all": ["m", "c"], "ungrouped": [], "nim_masters": ["m"], "nim_clients": ["c"]}


@pytest.fixture
def take(tmp_path, monkeypatch):
    """Take a step on a host; flow_probe returns this, or the connection fails."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict(inventory=("my fleet.yml",)))

    def run(step, host="m", check=False, found=None, **arguments):
        action = ActionModule(
            task=MagicMock(args={"step": step, **arguments}, check_mode=check, diff=False, async_val=0),
            connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        action._execute_module = MagicMock(
            side_effect=found if isinstance(found, Exception) else None, return_value=found or {}
        )
        return action.run(
            None, {"inventory_hostname": host, "groups": GROUPS, "hostvars": HOSTVARS, **HOSTVARS[host]}
        )

    return run


def test_all_steps_one_after_the_other(take, tmp_path):
    schedule = take("schedule", hosts="all", seed="s", phases="register")
    assert (schedule["changed"], schedule["pairs"], schedule["wait"]) == (False, 1, 0)
    assert schedule["schedule_dir"].startswith(str(tmp_path))
    batch = {"schedule_dir": schedule["schedule_dir"], "batch": 1}
    for step in ("listen", "send", "collect"):
        for host in HOSTVARS:
            assert "failed" not in take(step, host, found={"tracking_seconds": 30}, **batch)
    report = take("report", schedule_dir=schedule["schedule_dir"], report_dir=str(tmp_path / "report"))
    assert (report["changed"], report["files"]) == (True, 2)
    assert report["summary"].startswith("Allowed traffic: 0 passed, 0 blocked, ")


def test_a_failing_connection_is_a_finding(take):
    schedule = take("schedule", hosts="all")
    failure = AnsibleConnectionFailure("no route\nto host")
    result = take("listen", "c", found=failure, schedule_dir=schedule["schedule_dir"], batch=1)
    assert "failed" not in result
    assert result["obstacle"] == "c: no route to host"
    assert RunFolder(schedule["schedule_dir"]).finding(1, "c", "send")["unreachable"] is True


def test_nothing_is_sent_in_check_mode(take):
    schedule = take("schedule", hosts="all", check=True)
    result = take("listen", "c", check=True, schedule_dir=schedule["schedule_dir"], batch=1)
    assert (result["skipped"], result["skip_reason"]) == (True, "nothing is sent in check mode")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"step": "schedule"}, "The option hosts is required with step=schedule; set it."),
        ({"step": "listen", "schedule_dir": "/s"}, "The option batch is required with step=listen; set it."),
        ({"step": "report"}, "The option schedule_dir is required with step=report; set it."),
        ({"step": "report", "schedule_dir": "/s", "seed": 1}, "The option seed is not accepted with step=report; remove it."),
        ({"step": "schedule", "hosts": "all", "batch": 1}, "The option batch is not accepted with step=schedule; remove it."),
        ({"step": "report", "schedule_dir": "/nowhere"}, "There is no schedule in /nowhere. Set schedule_dir to"),
    ],
)
def test_refusals_are_sentences(take, arguments, message):
    result = take(**arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(message)


def test_types_defaults_and_choices_are_documented():
    documented = {name: {fact: option[fact] for fact in FACTS if fact in option} for name, option in OPTIONS.items()}
    assert documented == dict(ActionModule.ARGUMENT_SPEC)


def test_each_option_names_the_steps_that_accept_it():
    for name, option in OPTIONS.items():
        text = " ".join(option["description"])
        accepting = {step for step, use in ActionModule.USES.items() if name in (*use.required, *use.optional)}
        named = {step for step in ActionModule.USES if f"O(step={step})" in text}
        assert name == "step" or named == accepting, name
