# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module whose change is armed, and the second execution that confirms it."""

import contextlib
import types

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import confirmed_module
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule, ModuleExit


class Change:
    warnings = ()

    def __init__(self, needed, error):
        self.needed, self._error = needed, error
        self.applied = 0

    def diffs(self):
        return []

    def former_state(self):
        return [{"owner": "filter", "files": [], "live": None}]

    def apply(self):
        self.applied += 1
        if self._error:
            raise self._error

    def result(self):
        return {"rules": 3}


class Rollback:
    """What happens, as a list."""

    def __init__(self, seconds_left=0):
        self.happened = []
        self.pending = None
        self.seconds_left = seconds_left

    @contextlib.contextmanager
    def exclusive(self, _module, accepts):
        accepted = [token for token in ("token", "another") if accepts(types.SimpleNamespace(token=token))]
        self.happened.append(("exclusive", accepted))
        yield

    def left(self, token):
        return self.seconds_left if token == "token" else 0

    @contextlib.contextmanager
    def armed(self, pending):
        self.pending = pending
        self.happened.append("armed")
        yield
        self.happened.append("waits")

    def confirm(self, token):
        self.happened.append(token)
        return token == "right"


@pytest.fixture(name="run")
def fixture_run(record_folder):
    def run(check_mode=False, needed=True, error=None, state="present", seconds_left=0, **params):
        run.change, run.rollback = Change(needed, error), Rollback(seconds_left)
        concern = types.SimpleNamespace(
            NAME="flows", compute=lambda _host, _options: run.change, give_back=lambda _host: run.change
        )
        given = dict({"_awaits": "token", "_confirms": None, "confirm_timeout": 60}, **params)
        with pytest.raises(ModuleExit) as ended:
            confirmed_module.run(FakeModule(check_mode, state=state, **given), concern, run.rollback)
        return ended.value.result

    return run


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_change_is_armed_and_the_result_says_how_long_it_can_be_confirmed(run, state):
    result = run(state=state)
    assert (result["unconfirmed"], result["rules"], run.change.applied) == (60, 3, 1)
    assert run.rollback.happened == [("exclusive", ["token"]), "armed", "waits"]
    pending = run.rollback.pending
    assert (pending.token, pending.seconds, pending.records) == ("token", 60, {"flows": None})
    assert pending.parts == run.change.former_state()


@pytest.mark.parametrize("params", [{"_awaits": None}, {"confirm_timeout": 0}, {"needed": False}])
def test_without_a_token_a_time_or_a_change_nothing_is_armed(run, params):
    result = run(**params)
    assert "unconfirmed" not in result and run.change.applied == 1
    assert "armed" not in run.rollback.happened


def test_check_mode_neither_arms_nor_applies(run):
    result = run(check_mode=True)
    assert "unconfirmed" not in result and run.change.applied == 0
    assert "armed" not in run.rollback.happened


@pytest.mark.parametrize("token, confirmed", [("right", True), ("wrong", False)])
def test_the_second_execution_confirms_and_does_nothing_else(run, token, confirmed):
    result = run(_confirms=token)
    assert (result["changed"], result["confirmed"], result["owned"]) == (confirmed, confirmed, [])
    assert run.rollback.happened == [("exclusive", ["token", "another"]), token] and run.change.applied == 0


def test_a_module_that_is_started_again_for_a_lost_answer_repeats_it(run):
    result = run(seconds_left=41.5)
    assert (result["changed"], result["unconfirmed"], result["owned"], run.change.applied) == (True, 42, [], 0)
    assert "unconfirmed" not in run(seconds_left=41.5, check_mode=True)


def test_a_failure_is_one_sentence(run):
    result = run(error=HostError("The filter refuses."))
    assert (result["failed"], result["msg"], result["owned"]) == (True, "The filter refuses.", [])


@pytest.mark.parametrize("seconds", [-1, 4, 3601])
def test_a_time_beyond_the_limits_is_refused(run, seconds):
    result = run(confirm_timeout=seconds)
    assert result["failed"] and result["msg"].startswith(f"confirm_timeout is {seconds};")
    assert run.change.applied == 0


def test_options_are_returned_only_when_they_are_shown():
    module = FakeModule()
    assert confirmed_module.omit_invocation(module) == {"invocation": {}}
    module._verbosity = 3
    assert confirmed_module.omit_invocation(module) == {}, "AnsibleModule adds it"
