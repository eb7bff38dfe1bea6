# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All concerns in one execution: their order, what is restored, and what a failure leaves."""

import contextlib

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._concerns import host_run, table
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.modules.host_ports import complete
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule, ModuleExit

TOKEN = "0123"


class Change:
    def __init__(self, concern, what):
        self.concern, self.what = concern, what
        self.needed = what != "nothing"
        self.warnings = [concern.NAME + " warns"] if what == "warns" else []

    def diffs(self):
        text = f"{self.concern.NAME} {self.what}"
        return [file_changes.diff("a file", b"", text.encode())] if self.needed else []

    def result(self):
        return {"what": self.what}

    def former_state(self):
        return []

    def apply(self):
        if self.what == "fails":
            raise HostError(f"{self.concern.NAME} failed.")
        self.concern.applied.append((self.concern.NAME, self.what))


class Concern:
    """A concern whose option ``what`` is what its change does."""

    OPTIONS = dict(what=dict(type="str", default="something"))

    def __init__(self, name, applied):
        self.NAME = name
        self.applied = applied

    def compute(self, _host, options):
        if options["what"] == "refuses":
            raise HostError(f"{self.NAME} refused.")
        return Change(self, options["what"])

    def give_back(self, _host):
        return Change(self, "restored")


class Rollback:
    def __init__(self):
        self.armed_tokens = []
        self.confirmed = True
        self.seconds_left = 0

    @contextlib.contextmanager
    def armed(self, pending):
        self.armed_tokens.append(pending.token)
        yield

    def confirm(self, token):
        return self.confirmed and token == TOKEN

    def left(self, token):
        return self.seconds_left if token == TOKEN else 0


class Run:
    """A run on a host that has records of ``owned``."""

    def __init__(self, monkeypatch):
        self.applied, self.owned, self.rollback = [], [], Rollback()
        monkeypatch.setattr(table, "load", lambda name: Concern(name, self.applied))
        monkeypatch.setattr(records, "owned", lambda: list(self.owned))

        @contextlib.contextmanager
        def turn(_module):
            yield self.rollback

        monkeypatch.setattr(host_run, "_turn", turn)

    def __call__(self, wanted=(), restored=(), check_mode=False, seconds=0, awaits=None, confirms=None):
        self.module = FakeModule(
            check_mode=check_mode,
            _wanted=dict(wanted),
            _restored=dict(restored),
            _confirm_timeout=seconds,
            _awaits=awaits,
            _confirms=confirms,
        )
        with pytest.raises(ModuleExit) as end:
            host_run.main(self.module, complete)
        return end.value.result


@pytest.fixture
def run(monkeypatch, record_folder):
    return Run(monkeypatch)


ALL = {name: {} for name in ("flows", "services", "pins", "holds")}


def test_concerns_are_carried_out_in_their_order(run):
    result = run(wanted=ALL)
    assert run.applied == [(name, "something") for name in ("services", "holds", "pins", "flows")]
    assert result["changed"] and list(result["concerns"]) == ["services", "holds", "pins", "flows"]
    assert [shown["after"] for shown in result["diff"]] == [f"{name} something" for name in records.CONCERNS]


def test_the_answer_of_a_concern_is_that_of_its_module(run):
    result = run(wanted={"pins": {"what": "warns"}})
    assert result["concerns"]["pins"] == {"changed": True, "differences": result["concerns"]["pins"]["differences"],
                                          "what": "warns"}
    assert run.module.warnings == ["pins warns"]


def test_a_host_in_order_is_unchanged(run):
    result = run(wanted={name: {"what": "nothing"} for name in ALL})
    assert not result["changed"] and result["diff"] == []


def test_what_only_records_name_is_restored_the_last_applied_first(run):
    run.owned = ["services", "holds", "flows"]
    run(wanted={"services": {}}, restored={"holds": None, "pins": None, "flows": {"what": "emptied"}})
    assert run.applied == [("services", "something"), ("flows", "emptied"), ("holds", "restored")]


def test_nothing_is_computed_for_a_concern_without_a_record(run):
    result = run(restored=dict.fromkeys(ALL))
    assert run.applied == [] and result["concerns"] == {}


def test_a_failure_ends_the_run_and_the_diff_has_what_was_changed_before(run):
    run.owned = ["pins"]
    result = run(wanted={"services": {}, "holds": {"what": "fails"}, "flows": {}}, restored={"pins": None})
    assert run.applied == [("services", "something")]
    assert result["failed"] and result["changed"]
    assert result["msg"] == "holds failed."
    assert [shown["after"] for shown in result["diff"]] == ["services something"]
    assert result["concerns"]["holds"] == {"failed": True, "changed": False, "msg": "holds failed."}


def test_a_failure_before_any_change_says_no_more_than_its_reason(run):
    assert run(wanted={"services": {"what": "nothing"}, "holds": {"what": "refuses"}})["msg"] == "holds refused."


def test_check_mode_goes_on_and_reports_all_failures(run):
    result = run(wanted={"services": {"what": "refuses"}, "holds": {}, "pins": {"what": "refuses"}}, check_mode=True)
    assert result["msg"] == "services refused. pins refused."
    assert result["concerns"]["holds"]["changed"] and run.applied == []


def test_options_are_checked_by_the_argument_spec_of_their_concern(run):
    result = run(wanted={"holds": {"wat": 1}})
    assert "wat" in result["msg"] and result["msg"].startswith("holds: ")


def test_changed_flows_wait_for_their_confirmation_and_so_does_what_is_restored(run):
    run.owned = ["holds"]
    result = run(wanted={"flows": {}}, restored={"holds": None}, seconds=60, awaits=TOKEN)
    assert result["unconfirmed"] == 60 and run.rollback.armed_tokens == [TOKEN]
    assert run.applied == [("flows", "something")]

    run.applied.clear()
    result = run(restored={"holds": None}, confirms=TOKEN)
    assert result["confirmed"] and run.applied == [("holds", "restored")]


def test_unchanged_flows_wait_for_nothing(run):
    run.owned = ["holds"]
    result = run(wanted={"flows": {"what": "nothing"}}, restored={"holds": None}, seconds=60, awaits=TOKEN)
    assert "unconfirmed" not in result and run.applied[-1] == ("holds", "restored")


def test_no_other_concern_is_armed(run):
    result = run(wanted={"services": {}}, seconds=60, awaits=TOKEN)
    assert run.rollback.armed_tokens == [] and "unconfirmed" not in result


def test_nothing_is_restored_where_the_flows_were_undone(run):
    run.owned = ["holds"]
    run.rollback.confirmed = False
    result = run(restored={"holds": None}, confirms=TOKEN)
    assert not result["confirmed"] and run.applied == []


def test_restored_flows_are_confirmed_before_anything_else_is_restored(run):
    run.owned = ["services", "flows"]
    result = run(restored={"services": None, "flows": None}, seconds=60, awaits=TOKEN)
    assert result["unconfirmed"] == 60 and run.applied == [("flows", "restored")]

    run.owned, run.applied[:] = ["services"], []
    assert run(restored={"services": None, "flows": None}, confirms=TOKEN)["confirmed"]
    assert run.applied == [("services", "restored")]


def test_a_module_that_ssh_starts_a_second_time_does_nothing_but_tell_how_long_is_left(run):
    run.rollback.seconds_left = 41.3
    result = run(wanted=ALL, seconds=60, awaits=TOKEN)
    assert (result["unconfirmed"], result["changed"], run.applied) == (42, True, [])


def test_a_time_to_confirm_beyond_the_limits_is_refused(run):
    result = run(wanted={"flows": {}}, seconds=4000, awaits=TOKEN)
    assert result["failed"] and result["msg"].startswith("confirm_timeout is 4000;") and run.applied == []
