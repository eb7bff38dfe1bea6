# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_ports on the controller: what the module is told, and what becomes of its answers."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action import host_ports
from ansible_collections.fleet.ports.plugins.plugin_utils._common import confirming_action

GROUPS = {"all": ["m", "c", "g"], "ungrouped": [], "nim_masters": ["m"], "nim_clients": ["c"], "bmc_hosts": ["c"]}
HOSTVARS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}, "g": {}}
SAME, NEW = {"changed": False}, {"changed": True}


class Task:
    """The task on one host, and the executions of its module."""

    def __init__(self, monkeypatch, hostvars):
        self.hostvars = hostvars
        self.calls, self.answers, self.shown = [], [], []
        monkeypatch.setattr(host_ports.display, "display", self.shown.append)
        monkeypatch.setattr(confirming_action.time, "sleep", lambda seconds: None)

    def __call__(self, host="c", check_mode=False, variables=None, **arguments):
        action = host_ports.ActionModule(
            task=MagicMock(args=arguments, check_mode=check_mode, diff=True, async_val=0, delegate_to=None),
            connection=MagicMock(transport="ssh"), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        action._execute_module = self._execute
        known = {"inventory_hostname": host, "groups": GROUPS, "hostvars": self.hostvars(HOSTVARS), **HOSTVARS[host]}
        return action.run(None, {**known, **(variables or {})})

    def _execute(self, module_name, module_args, task_vars):
        assert module_name == "fleet.ports.host_ports"
        self.calls.append(module_args)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


@pytest.fixture
def task(monkeypatch, hostvars):
    return Task(monkeypatch, hostvars)


def answer(**concerns):
    changed = any(each["changed"] for each in concerns.values())
    return {"changed": changed, "concerns": concerns, "diff": [{"of": name} for name in concerns], "owned": list(concerns)}


def test_a_host_in_order_is_executed_once_and_shown_in_one_line(task):
    task.answers = [answer(services=SAME, holds=SAME, flows=SAME)]
    result = task()
    assert (len(task.calls), result["changed"], result["planned"]) == (1, False, ["services", "holds", "flows"])
    assert list(task.calls[0]["_wanted"]) == ["services", "holds", "flows"]
    assert list(task.calls[0]["_restored"]) == ["pins"]
    assert task.shown == ["c: 3 concerns unchanged"]


def test_changed_flows_are_confirmed_over_a_new_connection(task):
    task.answers = [{**answer(flows=NEW), "unconfirmed": 60}, {**answer(pins=NEW), "confirmed": True}]
    result = task()
    assert task.calls[1]["_confirms"] == task.calls[0]["_awaits"]
    assert task.calls[1]["_restored"] == task.calls[0]["_restored"]
    assert set(result["concerns"]) == {"flows", "pins"} and [each["of"] for each in result["diff"]] == ["flows", "pins"]
    assert result["owned"] == ["pins"] and "failed" not in result
    assert "restored pins" in task.shown[0]


def test_what_fails_while_it_is_restored_fails_the_host(task):
    failed = {"changed": False, "failed": True, "msg": "No."}
    task.answers = [
        {**answer(flows=NEW), "unconfirmed": 60},
        {**answer(pins=failed), "confirmed": True, "failed": True, "msg": "No."},
    ]
    result = task()
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"] == "No. Already changed on this host: flows."


def test_a_failure_says_what_was_changed_before_it_and_shows_the_diff(task):
    failed = {"changed": False, "failed": True, "msg": "No."}
    diff = [{"before": "old\n", "after": "new\n"}]
    task.answers = [{**answer(services=NEW, holds=failed), "failed": True, "msg": "No.", "diff": diff}] * 2
    assert task()["msg"] == "No. Already changed on this host: services."
    assert "+new" in task.shown[0] and task.shown[1] .endswith("; failed: holds")
    assert task(check_mode=True)["msg"] == "No."


def test_flows_that_are_not_confirmed_are_no_change(task):
    task.answers = [
        {**answer(services=NEW, flows=NEW), "unconfirmed": 60},
        {"changed": False, "confirmed": False, "concerns": {}, "owned": ["services"]},
    ]
    result = task()
    assert result["failed"] and "its old rules are restored" in result["msg"]
    assert result["msg"].endswith(" Already changed on this host: services.")
    assert result["concerns"]["flows"]["failed"] and task.shown[-1] .endswith("; failed: flows")


def test_check_mode_awaits_nothing(task):
    task.answers = [answer(services=NEW)]
    result = task(check_mode=True)
    assert "_awaits" not in task.calls[0] and task.shown[0].startswith("c: would name")
    assert result["summary"] == task.shown[0][3:]


def test_a_change_is_not_confirmed_on_request(task):
    task.answers = [answer(flows=NEW)]
    task(variables={"nim_firewall_confirm_timeout": "0"})
    assert "_awaits" not in task.calls[0] and task.calls[0]["_confirm_timeout"] == 0


def test_everything_is_restored_without_a_plan(task):
    task.answers = [answer()]
    result = task("g", state="absent")
    assert task.calls[0]["_wanted"] == {} and "planned" not in result
    assert task.calls[0]["_restored"] == dict.fromkeys(["services", "holds", "pins", "flows"])
    assert task.shown == ["g: nothing to do"]


def test_concerns_are_chosen_by_option_and_by_tag(task):
    task.answers = [answer(), answer(), answer()]
    task(concerns=["hold", "open"])
    task(variables={"ansible_run_tags": ["open"]})
    task(concerns=["hold", "open"], variables={"ansible_skip_tags": ["open"]})
    assert [list(call["_wanted"]) for call in task.calls] == [["holds", "flows"], ["flows"], ["holds"]]
    assert [call["_restored"] for call in task.calls] == [{}, {}, {}]


def test_a_plan_with_an_error_executes_nothing(task):
    result = task("m", variables={"nfs_ports_lockd": 20048})
    assert result["failed"] and "20048" in result["msg"] and task.calls == []


def test_an_unknown_concern_is_refused(task):
    assert task(concerns=["flow"])["msg"].startswith("Host c: concerns: 'flow' is not a concern.")


def test_a_host_that_cannot_be_reached_keeps_its_planned_concerns(task):
    task.answers = [AnsibleConnectionFailure("no route")]
    result = task(check_mode=True)
    assert result["unreachable"] and result["msg"] == "no route" and result["planned"] == ["services", "holds", "flows"]
    assert task.shown == []


def test_restarts_of_daemons_get_time_of_their_own(task, monkeypatch):
    limits = []
    limit = confirming_action.time_limit
    monkeypatch.setattr(confirming_action, "time_limit", lambda given: limits.append(given) or limit(given))
    task.answers = [answer()]
    task()
    assert limits == [180 + 2 * 300]  # c holds ports, and may have pins to restore


def test_flows_alone_get_no_time_for_restarts(task, monkeypatch):
    limits = []
    limit = confirming_action.time_limit
    monkeypatch.setattr(confirming_action, "time_limit", lambda given: limits.append(given) or limit(given))
    task.answers = [answer()]
    task(concerns=["open"])
    assert limits == [180]
