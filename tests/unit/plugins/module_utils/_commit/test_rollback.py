# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Armed, confirmed, expired: whatever happens in whichever order, the host has the old rules or the confirmed ones."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change, rollback
from ansible_collections.fleet.ports.plugins.module_utils._commit.rollback import Armed, confirm, our_turn
from ansible_collections.fleet.ports.plugins.module_utils._flows import owners
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, File, Report
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

TOKEN = "a-token"


class Clock:
    """A clock that goes on when somebody sleeps; ``later`` is called in each sleep."""

    def __init__(self):
        self.now = 1000.0
        self.later = lambda: None

    def time(self):
        return self.now

    monotonic = time

    def sleep(self, seconds):
        self.now += max(seconds, 0.1)
        self.later()

    @staticmethod
    def strftime(_form, _time):
        return "00:00:00 UTC"

    @staticmethod
    def gmtime():
        return None


class Job:
    """A job of the host, which is armed or not."""

    fails = False

    def __init__(self):
        self.armed = None

    def arm_in(self, seconds):
        if self.fails:
            raise HostError("The timer does not start.")
        self.armed = seconds

    def is_left(self):
        return self.armed is not None

    def disarm(self):
        self.armed = None


class Host:
    """A host with a packet filter: one file, and one word that is in force."""

    _name = "firewall_flows"
    check_mode = False

    def __init__(self, folder):
        self.file = folder / "rules"
        self.file.write_text("old")
        self.live = "old"
        self.job = Job()
        self.fails = self.stuck = False
        self.params = {"confirm_timeout": 60, "awaits": TOKEN, "confirms": None}

    def owner(self, _name):
        return self

    def restore(self, live, paths):
        assert paths == [str(self.file)]
        if self.stuck:
            raise HostError("The filter hangs.")
        self.live = live

    def change(self, word):
        def load():
            if self.fails:
                raise HostError("The filter refuses.")
            self.live = word

        return Change(
            Report(1, [], [], [], {"word": word}),
            [File(str(self.file), self.file.read_bytes(), word.encode())],
            File("running", self.live.encode(), word.encode()),
            load,
            live=self.live,
        )

    def apply(self, word="new", **params):
        self.params.update(params)
        with our_turn(self):
            change = self.change(word)
            armed = Armed(self, [("filter", change)])
            with armed:
                owners.write("filter", change, records.Record("flows"))
        return armed.remark()

    def confirm(self, token=TOKEN):
        self.params["confirms"] = token
        try:
            with our_turn(self):
                return confirm(self)["confirmed"]
        finally:
            self.params["confirms"] = None

    def state(self):
        record = records.Record("flows").load()
        return self.file.read_text(), self.live, record and record["filter"]["word"]


OLD, NEW = ("old", "old", None), ("new", "new", "new")


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch):
    clock = Clock()
    for module in host_lock, rollback, pending_change:
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(name="host")
def fixture_host(tmp_path, monkeypatch, clock):
    (tmp_path / "host").mkdir()
    host = Host(tmp_path / "host")
    monkeypatch.setattr(records, "FOLDER", str(tmp_path / "records"))
    monkeypatch.setattr(rollback, "Host", lambda run, find: host)
    monkeypatch.setattr(rollback, "_log", lambda text: None)
    return host


def test_a_change_that_is_confirmed_stays(host):
    assert host.apply() == {"unconfirmed": True}
    assert host.job.armed == 60
    assert host.confirm()
    assert host.job.armed is None
    rollback.main()
    assert host.state() == NEW
    assert not host.confirm()


def test_a_change_that_nobody_confirms_is_undone_in_time(host, clock):
    host.apply()
    assert host.state() == NEW
    rollback.main()
    assert clock.now == pytest.approx(1060, abs=1.1)
    assert host.state() == OLD
    assert host.job.armed is None and pending_change.load() is None


def test_the_record_is_undone_to_the_byte(host):
    host.apply("first", awaits=None)
    path = records.Record("flows").path
    with open(path, "rb") as file:
        before = file.read()
    host.apply(awaits=TOKEN)
    rollback.main()
    with open(path, "rb") as file:
        assert file.read() == before
    assert host.state() == ("first", "first", "first")


def test_a_confirmation_in_the_last_moment_holds(host, clock):
    host.apply()
    answers = []
    clock.later = lambda: clock.now >= 1059 and answers.append(host.confirm())
    rollback.main()
    assert answers == [True]
    assert host.state() == NEW


def test_a_confirmation_that_comes_too_late_is_refused(host, clock):
    host.apply()
    clock.now += 61
    assert not host.confirm()
    assert host.state() == OLD


def test_the_confirmation_of_another_change_is_none_of_this(host):
    host.apply()
    assert not host.confirm("another-token")
    assert host.state() == NEW and host.job.armed == 60
    assert host.confirm()


def test_time_to_confirm_begins_when_the_change_is_made(host, clock, monkeypatch):
    def load():
        clock.now += 55
        host.live = "new"

    change = host.change("new")
    monkeypatch.setattr(change, "_load", load)
    with Armed(host, [("filter", change)]):
        change.apply()
    assert pending_change.load().left() == 60


def test_a_failure_is_undone_at_once(host):
    host.fails = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == "The filter refuses."
    assert host.state() == OLD and host.job.armed is None and pending_change.load() is None


def test_where_no_time_can_be_given_the_change_is_undone_at_once(host, monkeypatch):
    with our_turn(host):
        change = host.change("new")
        with pytest.raises(HostError) as error:
            with Armed(host, [("filter", change)]):
                owners.write("filter", change, records.Record("flows"))
                monkeypatch.setattr(pending_change.Pending, "save", _full)
    assert str(error.value) == "No space."
    assert host.state() == OLD and host.job.armed is None


def _refuse():
    raise HostError("No.")


def _full(_pending):
    raise HostError("No space.")


def test_a_failure_after_an_earlier_owner_undoes_both(host, monkeypatch):
    first, second = host.change("new"), host.change("new")
    monkeypatch.setattr(second, "_load", _refuse)
    with pytest.raises(HostError):
        with Armed(host, [("one", first), ("two", second)]):
            first.apply()
            second.apply()
    assert host.state() == OLD


def test_undoing_that_fails_is_said_and_tried_again_by_the_host(host):
    host.fails = host.stuck = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == (
        "The filter refuses. Undoing what was done by then failed too: The filter hangs. The host tries again by itself"
        " in 60 s."
    )
    assert host.job.armed == 60
    host.stuck = False
    rollback.main()
    assert host.state() == OLD


def test_the_job_tries_until_it_succeeds(host, clock):
    host.apply()
    host.stuck = True
    clock.later = lambda: setattr(host, "stuck", clock.now < 1100)
    rollback.main()
    assert host.state() == OLD


def test_a_job_that_cannot_succeed_ends_and_leaves_the_note(host):
    host.apply()
    host.stuck = True
    with pytest.raises(SystemExit):
        rollback.main()
    assert pending_change.load() is not None and host.job.armed == 60


def test_nothing_changes_where_the_job_cannot_be_armed(host):
    host.job.fails = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == "The timer does not start."
    assert host.state() == OLD and host.job.armed is None


@pytest.mark.parametrize("params", [{"awaits": None}, {"confirm_timeout": 0}])
def test_without_a_token_or_time_nothing_is_armed(host, params):
    assert host.apply(**params) == {}
    assert host.state() == NEW and host.job.armed is None and pending_change.load() is None


def test_no_change_arms_nothing(host):
    host.apply(awaits=None)
    assert host.apply(awaits=TOKEN) == {}
    assert host.job.armed is None


def test_check_mode_arms_nothing(host):
    host.check_mode = True
    with our_turn(host):
        assert Armed(host, [("filter", host.change("new"))]).remark() == {}
    assert not os.path.exists(records.FOLDER)


@pytest.mark.parametrize("seconds", [-1, 1, 4, 3601])
def test_bounds(host, seconds):
    with pytest.raises(HostError) as error:
        host.apply(confirm_timeout=seconds)
    assert str(error.value) == f"confirm_timeout is {seconds}; let it be 5 to 3600 seconds, or 0."
    assert host.state() == OLD


def test_another_run_waits_for_the_confirmation(host, clock):
    host.apply()
    clock.later = lambda: clock.now > 1010 and pending_change.load() and host.confirm()
    assert host.apply("third", awaits=None) == {}
    assert 1010 < clock.now < 1012
    assert host.state() == ("third", "third", "third")


def test_another_run_undoes_what_is_over_and_goes_on_from_there(host, clock):
    host.apply()
    clock.now += 60
    seen = []
    with our_turn(host):
        seen.append(host.state())
    assert seen == [OLD]


def test_another_run_calls_off_the_job_of_a_confirmation_that_was_killed(host):
    host.apply()
    pending_change.forget()
    with our_turn(host):
        assert host.job.armed is None and host.state() == NEW


def test_another_run_says_whom_it_would_wait_for_too_long(host, clock):
    host.apply(confirm_timeout=600)
    with pytest.raises(HostError) as error:
        host.apply("third")
    assert str(error.value) == (
        f"This host has a change that nobody has confirmed yet (firewall_flows, process {os.getpid()}, since 00:00:00"
        " UTC), and which it undoes by itself in 540 s; run this again then."
    )
    assert host.state() == NEW


def test_an_applier_that_hangs_is_ended(host, clock, monkeypatch):
    ended = []
    monkeypatch.setattr(rollback.os, "kill", lambda pid, _signal: ended.append(pid) or lock.__exit__(None, None, None))
    host.apply()
    lock = host_lock.Lock(host_lock.holder("firewall_flows")).held(0)
    lock.__enter__()
    rollback.main()
    assert ended == [os.getpid()]
    assert host.state() == OLD
