# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: one execution if nothing changed, a confirmation over a new connection if something did."""

from __future__ import annotations

import time
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.action import ActionBase

from ansible_collections.fleet.ports.plugins.action.firewall_flows import ActionModule
from ansible_collections.fleet.ports.plugins.plugin_utils._common import confirming_action


class RemoteHost:
    """A host and its connection, as a list of what happened."""

    retries = 0

    def __init__(self, monkeypatch, answers):
        self.happened = []
        self.arguments = []
        self._answers = iter(answers)
        monkeypatch.setattr(ActionModule, "_execute_module", self._execute)
        monkeypatch.setattr(confirming_action, "AFTERWARDS", 0)

    def _execute(self, module_name, module_args, task_vars):
        assert module_name == "fleet.ports.firewall_flows"
        self.happened.append("confirm" if "_confirms" in module_args else "apply")
        self.arguments.append(module_args)
        answer = next(self._answers)
        self.action._reached = self.reached
        if isinstance(answer, Exception):
            raise answer
        if answer == "hangs":
            time.sleep(30)
        return dict(answer)

    def get_option(self, _name):
        return self.retries

    def reset(self):
        self.happened.append("reset")


@pytest.fixture(name="run")
def fixture_run(monkeypatch):
    def run(*answers, check_mode=False, delegate_to=None, transport="ssh", retries=0, reached=False, **arguments):
        host = RemoteHost(monkeypatch, answers)
        host.retries, host.reached = retries, reached
        task = MagicMock(args=arguments, check_mode=check_mode, async_val=0, delegate_to=delegate_to)
        action = ActionModule(
            task=task, connection=MagicMock(reset=host.reset, transport=transport, get_option=host.get_option), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        host.action = action
        host.result = action.run(None, {"inventory_hostname": "m"})
        return host

    return run


CHANGED = {"changed": True, "unconfirmed": 60, "rules": 3, "owned": ["flows"]}
CONFIRMED = {"changed": True, "confirmed": True, "owned": ["flows"]}
UNDONE = {"changed": False, "confirmed": False, "owned": []}
CUT = AnsibleConnectionFailure("Connection timed out.\n")
LOST = AnsibleConnectionFailure("Failed to connect to the host via ssh: Timeout, server m not responding.\r\n")
DEAD = AnsibleConnectionFailure("Failed to connect to the host via ssh: ssh: connect to host m port 22: No route to host")


def test_no_change_is_one_execution(run):
    host = run({"changed": False, "rules": 3}, flows=[])
    assert host.happened == ["apply"]
    assert (host.result["changed"], host.result["rules"]) == (False, 3)


def test_a_failure_is_one_execution(run):
    host = run({"failed": True, "msg": "No."})
    assert host.happened == ["apply"] and host.result["msg"] == "No."


def test_a_change_is_confirmed_over_a_new_connection(run):
    host = run(CHANGED, CONFIRMED, state="absent")
    assert host.happened == ["apply", "reset", "confirm"]
    assert host.arguments[0]["state"] == "absent"
    assert host.arguments[1] == {"_confirms": host.arguments[0]["_awaits"]}
    assert host.result == {"changed": True, "rules": 3, "owned": ["flows"]}


def test_each_change_has_a_token_of_its_own(run):
    assert run({}).arguments[0]["_awaits"] != run({}).arguments[0]["_awaits"]


def test_where_there_is_no_connection_none_is_made_anew(run):
    assert run(CHANGED, CONFIRMED, transport="local").happened == ["apply", "confirm"]


def test_it_tries_again(run):
    host = run(CHANGED, CUT, CONFIRMED)
    assert host.happened == ["apply", "reset", "confirm", "reset", "confirm"]
    assert not host.result.get("failed")


def test_a_host_that_undid_the_change_is_a_failure(run):
    host = run(CHANGED, CUT, UNDONE)
    assert host.result["failed"]
    assert host.result["msg"] == (
        "m was changed, but could not be reached over a new connection within 60 s (Connection timed out), so it has"
        " undone the change by itself: its old rules are restored. Check which rule blocks the controller."
    )


def test_the_host_is_the_one_that_was_changed(run):
    assert run(CHANGED, UNDONE, delegate_to="other").result["msg"].startswith("other was changed")


def test_a_host_that_stays_away_is_a_failure(run):
    host = run(dict(CHANGED, unconfirmed=2), *[CUT] * 5)
    assert host.result["failed"]
    assert host.result["msg"] == (
        "m was changed and has not been reached since (Connection timed out). Without a confirmation it undoes the change"
        " by itself after confirm_timeout. Try again in a minute; if it stays unreachable, check its console and system"
        " log."
    )


def test_a_new_connection_that_hangs_is_given_up(run):
    begun = time.monotonic()
    host = run(dict(CHANGED, unconfirmed=1), "hangs")
    assert time.monotonic() - begun < 10
    assert "has not been reached since (it did not answer)" in host.result["msg"]


def test_an_execution_that_hangs_is_given_up_and_may_be_confirmed(run, monkeypatch):
    monkeypatch.setattr(confirming_action, "APPLY_SECONDS", 0.2)
    host = run("hangs", CONFIRMED)
    assert host.happened == ["apply", "reset", "confirm"]
    assert (host.result["changed"], host.result["owned"]) == (True, ["flows"])


def test_a_connection_lost_while_applying_is_made_anew_and_the_change_confirmed(run):
    host = run(LOST, CONFIRMED)
    assert host.happened == ["apply", "reset", "confirm"]
    assert host.arguments[1] == {"_confirms": host.arguments[0]["_awaits"]}
    assert host.result == {"changed": True, "owned": ["flows"]}


def test_a_lost_connection_is_tried_again_until_the_host_answers(run):
    assert run(LOST, DEAD, DEAD, CONFIRMED).happened == ["apply", *["reset", "confirm"] * 3]


def test_an_answer_that_says_unreachable_is_a_lost_connection(run):
    host = run({"unreachable": True, "changed": False, "msg": "Shared connection to m closed."}, CONFIRMED)
    assert host.happened == ["apply", "reset", "confirm"] and host.result == {"changed": True, "owned": ["flows"]}


def test_a_lost_connection_to_a_host_without_a_change_is_a_failure(run):
    host = run(LOST, UNDONE)
    assert host.result["failed"]
    assert host.result["msg"] == (
        "The connection to m was lost while it was being changed (Failed to connect to the host via ssh: Timeout, server m"
        " not responding). m has no unconfirmed change of this task: it was not changed, or has undone the change by"
        " itself. Run this again."
    )


def test_a_lost_connection_to_a_host_that_stays_away_is_a_failure(run):
    host = run(LOST, *[DEAD] * 5, confirm_timeout=2)
    assert host.result["failed"] and "has not been reached since" in host.result["msg"]
    assert host.action._connection._shell.tmpdir is None, "or Ansible's cleanup replaces the message"


def test_a_host_that_was_never_reached_is_unreachable_at_once(run):
    for answer in (DEAD, AnsibleConnectionFailure("Failed to connect to the host via ssh: root@m: Permission denied (x).")):
        with pytest.raises(AnsibleConnectionFailure):
            run(answer)
    host = run({"unreachable": True, "changed": False, "msg": str(DEAD)})
    assert host.happened == ["apply"] and host.result["unreachable"]


@pytest.mark.parametrize("options", [{"reached": True}, {"retries": 3}])
def test_a_host_that_may_have_been_reached_before_is_asked(run, options):
    """Removing a temporary folder may fail after the module has answered, and only the last of some retries is known."""
    assert run(DEAD, CONFIRMED, **options).happened == ["apply", "reset", "confirm"]


@pytest.mark.parametrize("options", [{"confirm_timeout": 0}, {"check_mode": True}])
def test_what_needs_no_confirmation_is_one_execution_without_a_token(run, options):
    host = run({"changed": True}, state="absent", **options)
    assert host.happened == ["apply"] and host.result == {"changed": True}
    assert "_awaits" not in host.arguments[0]


def test_a_timeout_that_is_no_number_is_for_the_module_to_refuse(run):
    assert run({"failed": True, "msg": "not an int"}, confirm_timeout="soon").result["failed"]


def test_a_command_that_the_host_answers_shows_that_it_was_reached(run, monkeypatch):
    action = run({}).action
    monkeypatch.setattr(ActionBase, "_low_level_execute_command", lambda *_arguments, **_options: {"rc": 0})
    assert not action._reached
    assert action._low_level_execute_command("mkdir /tmp/x") == {"rc": 0} and action._reached
