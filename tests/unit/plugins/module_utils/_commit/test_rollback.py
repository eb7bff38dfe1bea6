# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Armed, confirmed, expired: whatever happens in whichever order, the host has the old rules or the confirmed ones."""

import contextlib
import json
import os
import signal

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change, rollback
from ansible_collections.fleet.ports.plugins.module_utils._commit.pending_change import Pending, noted_records
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

TOKEN = "a-token"


class Clock:
    """A clock that advances during sleep; ``later`` is called in each sleep."""

    def __init__(self):
        self.now = 1000.0
        self.later = lambda: None
        self.slept = []

    def time(self):
        return self.now

    monotonic = time

    def sleep(self, seconds):
        self.slept.append(seconds)
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
        self.disarmed = 0

    def arm_in(self, seconds):
        if self.fails:
            raise HostError("The timer does not start.")
        self.armed = seconds

    def is_left(self):
        return self.armed is not None

    def disarm(self):
        self.armed = None
        self.disarmed += 1


class FilteredHost:
    """A host with a packet filter: one file, one word that is in force, and a record of it."""

    _name = "firewall_flows"
    check_mode = False

    def __init__(self, folder):
        self.file = folder / "rules"
        self.file.write_text("old")
        self.live = "old"
        self.fails = self.stuck = False
        self.restored = []
        self.rollback = rollback.Rollback("_flows.jobs.roll_back", self.restore)
        self.job = self.rollback.job = Job()

    def restore(self, owner, live, paths):
        assert paths == [str(self.file)]
        if self.stuck:
            raise HostError("The filter hangs.")
        self.restored.append(owner)
        self.live = live

    def part(self, word, owner="filter"):
        changes = [file_changes.File(str(self.file)).becoming(word.encode())]
        return {"owner": owner, "files": file_changes.notes(changes), "live": self.live}

    def pending(self, *parts, seconds=60):
        return Pending(TOKEN, seconds, host_lock.this_process(self._name), os.getpid(), noted_records(["flows"]), list(parts))

    def write(self, word):
        records.Record("flows").save({"word": word})
        self.file.write_text(word)
        if self.fails:
            raise HostError("The filter refuses.")
        self.live = word

    def apply(self, word="new", seconds=60):
        """Apply it with a roll-back, or without one (None)."""
        with self.rollback.exclusive(self):
            if seconds is None:
                self.write(word)
                return
            with self.rollback.armed(self.pending(self.part(word), seconds=seconds)):
                self.write(word)

    def confirm(self, token=TOKEN):
        with self.rollback.exclusive(self, lambda _pending: True):
            return self.rollback.confirm(token)

    def state(self):
        record = records.Record("flows").load()
        return self.file.read_text(), self.live, record and record["word"]


OLD, NEW = ("old", "old", None), ("new", "new", "new")


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch):
    clock = Clock()
    for module in host_lock, rollback, pending_change:
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(name="host")
def fixture_host(tmp_path, record_folder, monkeypatch, clock):
    (tmp_path / "host").mkdir()
    host = FilteredHost(tmp_path / "host")
    monkeypatch.setattr(rollback, "_log", lambda text: None)
    return host


def test_a_change_that_is_confirmed_stays(host):
    host.apply()
    assert host.job.armed == 60
    assert host.confirm()
    assert host.job.armed is None
    host.rollback.wait_and_undo()
    assert host.state() == NEW
    assert not host.confirm()


def test_a_change_that_is_not_confirmed_is_undone_in_time(host, clock, monkeypatch):
    host.apply()
    assert host.state() == NEW
    logged = []
    monkeypatch.setattr(rollback, "_log", logged.append)
    host.rollback.wait_and_undo()
    assert clock.now == pytest.approx(1060, abs=1.1) and max(clock.slept) == 1
    assert len(logged) == 1 and logged[0].startswith("the change of the packet filter (firewall_flows, process ")
    assert logged[0].endswith(") was not confirmed, so it was undone")
    assert host.state() == OLD
    assert host.job.armed is None and pending_change.load() is None


def test_the_record_is_undone_to_the_byte(host):
    host.apply("first", seconds=None)
    path = records.Record("flows").path
    with open(path, "rb") as file:
        before = file.read()
    host.apply()
    host.rollback.wait_and_undo()
    with open(path, "rb") as file:
        assert file.read() == before
    assert host.state() == ("first", "first", "first")


def test_a_confirmation_in_the_last_moment_holds(host, clock):
    host.apply()
    answers = []
    clock.later = lambda: clock.now >= 1059 and answers.append(host.confirm())
    host.rollback.wait_and_undo()
    assert answers == [True]
    assert host.state() == NEW


@pytest.mark.parametrize("passed, accepted", [(0, True), (59.9, True), (60, False), (60.1, False), (3600, False)])
def test_a_confirmation_is_accepted_until_the_deadline(host, clock, passed, accepted):
    host.apply()
    clock.now += passed
    assert host.confirm() is accepted
    assert host.state() == (NEW if accepted else OLD)


def test_a_confirmation_with_another_token_confirms_nothing(host):
    host.apply()
    assert not host.confirm("another-token")
    assert host.state() == NEW and host.job.armed == 60
    assert host.confirm()


def test_a_change_whose_run_died_half_way_is_undone_instead_of_confirmed(host):
    with pytest.raises(KeyboardInterrupt):
        with host.rollback.armed(host.pending(host.part("new"))):
            host.write("new")
            raise KeyboardInterrupt
    assert host.state() == NEW and host.job.armed == 60
    with host.rollback.exclusive(host, lambda _pending: True):
        assert host.rollback.left(TOKEN) == 0
    assert host.state() == OLD and host.job.armed is None and pending_change.load() is None
    assert not host.confirm()


def test_a_run_that_accepts_the_unconfirmed_change_does_not_wait(host, clock):
    host.apply()
    with host.rollback.exclusive(host, lambda pending: pending.token == TOKEN):
        assert clock.now == 1000 and host.rollback.left(TOKEN) == 60 and host.rollback.left("another-token") == 0


def test_a_confirmation_without_a_pending_change_confirms_nothing(host):
    assert not host.confirm()


def test_the_time_to_confirm_begins_when_the_change_is_made(host, clock):
    with host.rollback.armed(host.pending(host.part("new"))):
        clock.now += 55
    assert pending_change.load().left() == 60


def test_a_failure_is_undone_at_once(host):
    host.fails = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == "The filter refuses."
    assert host.state() == OLD and host.job.armed is None and pending_change.load() is None


def test_a_change_whose_deadline_cannot_be_written_is_undone_at_once(host, monkeypatch):
    with pytest.raises(HostError) as error:
        with host.rollback.armed(host.pending(host.part("new"))):
            host.write("new")
            monkeypatch.setattr(pending_change.Pending, "save", _full)
    assert str(error.value) == "No space."
    assert host.state() == OLD and host.job.armed is None


def _full(_pending):
    raise HostError("No space.")


def test_parts_are_undone_in_reverse_order(host):
    first = host.part("new", "first")
    with pytest.raises(HostError):
        with host.rollback.armed(host.pending(first, dict(first, owner="second"))):
            host.write("new")
            raise HostError("No.")
    assert host.restored == ["second", "first"]
    assert host.state() == OLD


def test_undoing_that_fails_is_reported_and_tried_again_by_the_host(host):
    host.fails = host.stuck = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == (
        "The filter refuses. Undoing the partial change failed as well: The filter hangs. The host will try again by"
        " itself in 60 s."
    )
    assert host.job.armed == 60
    host.stuck = False
    host.rollback.wait_and_undo()
    assert host.state() == OLD


def test_the_job_tries_until_it_succeeds(host, clock, monkeypatch):
    logged = []
    monkeypatch.setattr(rollback, "_log", logged.append)
    host.apply()
    host.stuck = True
    clock.later = lambda: setattr(host, "stuck", clock.now < 1100)
    host.rollback.wait_and_undo()
    assert logged[0] == "the change of the packet filter is not undone yet: The filter hangs."
    assert host.state() == OLD


def test_a_job_that_cannot_undo_the_change_ends_and_keeps_the_note(host, clock):
    host.apply()
    host.stuck = True
    with pytest.raises(SystemExit) as ended:
        host.rollback.wait_and_undo()
    assert ended.value.code == 1
    assert clock.now == pytest.approx(1060 + 60 * 5, abs=1.1), "sixty attempts"
    assert pending_change.load() is not None and host.job.armed == 60


def test_nothing_changes_where_the_job_cannot_be_armed(host):
    host.job.fails = True
    with pytest.raises(HostError) as error:
        host.apply()
    assert str(error.value) == "The timer does not start."
    assert host.state() == OLD and host.job.disarmed == 1, "which removes the note"


def test_check_mode_takes_no_lock_and_undoes_nothing(host, clock):
    host.check_mode = True
    with host.rollback.exclusive(host):
        assert not os.path.exists(records.FOLDER)


def test_another_run_waits_for_the_confirmation(host, clock):
    host.apply()
    clock.later = lambda: clock.now > 1010 and pending_change.load() and host.confirm()
    host.apply("third", seconds=None)
    assert 1010 < clock.now < 1012
    assert host.state() == ("third", "third", "third")


def test_another_run_undoes_what_is_over_and_goes_on_from_there(host, clock):
    host.apply()
    clock.now += 60
    seen = []
    with host.rollback.exclusive(host):
        seen.append(host.state())
    assert seen == [OLD]


def test_another_run_disarms_the_job_of_a_confirmation_that_was_killed(host):
    host.apply()
    pending_change.forget()
    with host.rollback.exclusive(host):
        assert host.job.armed is None and host.state() == NEW


def test_another_run_names_the_run_that_it_would_wait_for_too_long(host, clock):
    host.apply(seconds=600)
    with pytest.raises(HostError) as error:
        host.apply("third")
    assert str(error.value) == (
        f"This host has an unconfirmed change (firewall_flows, process {os.getpid()}, since 00:00:00 UTC) and undoes it"
        " by itself in 540 s; run again afterwards."
    )
    assert host.state() == NEW


def test_a_run_that_hangs_while_it_applies_is_ended(host, clock, monkeypatch):
    ended = []

    def kill(pid, number):
        ended.append((pid, number))
        assert clock.now == pytest.approx(1360, abs=0.9), "five minutes after the time to confirm"
        lock.__exit__(None, None, None)

    monkeypatch.setattr(rollback.os, "kill", kill)
    host.apply()
    lock = host_lock.Lock(host_lock.this_process("firewall_flows")).held(0)
    lock.__enter__()
    host.rollback.wait_and_undo()
    assert ended == [(os.getpid(), signal.SIGKILL)]
    assert host.state() == OLD


def test_another_run_that_holds_the_lock_is_not_ended(host, clock, monkeypatch):
    monkeypatch.setattr(rollback.os, "kill", lambda pid, _signal: pytest.fail(f"killed {pid}"))
    host.apply()
    with contextlib.ExitStack() as other:
        other.enter_context(host_lock.Lock("another run, process 1, since 00:00:00 UTC").held(0))
        clock.later = lambda: clock.now > 1400 and other.close()
        host.rollback.wait_and_undo()
    assert clock.now > 1400 and host.state() == OLD


@pytest.mark.parametrize("seconds", [60, 0.5])
def test_a_deadline_that_is_moved_while_the_job_waits_for_the_lock_counts(host, clock, monkeypatch, seconds):
    entered = []

    @contextlib.contextmanager
    def lock():
        if not entered:
            pending = pending_change.load()
            pending.seconds = seconds
            pending.save()
        entered.append(clock.now)
        yield

    host.apply()
    monkeypatch.setattr(rollback, "_lock_from_hung_run", lock)
    host.rollback.wait_and_undo()
    assert host.state() == OLD and len(entered) == 2 and entered[1] >= entered[0] + seconds


def test_a_job_without_a_pending_change_disarms_itself(host):
    host.apply()
    pending_change.forget()
    host.rollback.wait_and_undo()
    assert host.job.armed is None and host.state() == NEW


def test_a_record_that_the_change_removed_is_restored_for_root_alone(host):
    host.apply("first", seconds=None)
    record = records.Record("flows")
    with open(record.path, "rb") as file:
        before = file.read()
    with host.rollback.armed(host.pending(host.part("new"))):
        record.remove()
    host.rollback.wait_and_undo()
    with open(record.path, "rb") as file:
        assert file.read() == before
    assert os.stat(record.path).st_mode & 0o777 == 0o600


def test_what_the_host_does_is_in_its_system_log(monkeypatch):
    """No fixture takes the log away here."""
    logged = []
    monkeypatch.setattr(rollback.syslog, "openlog", logged.append)
    monkeypatch.setattr(rollback.syslog, "syslog", lambda priority, text: logged.append((priority, text)))
    rollback._log("a text")
    assert logged == ["fleet.ports", (rollback.syslog.LOG_WARNING, "a text")]


def test_a_file_that_was_modified_externally_is_left_as_it_is_and_logged(host, monkeypatch):
    logged = []
    monkeypatch.setattr(rollback, "_log", logged.append)
    host.apply()
    host.file.write_text("edited")
    host.rollback.wait_and_undo()
    assert host.state() == ("edited", "old", None)
    assert logged[0] == f"{host.file} was modified externally since the change, and is left as it is"


def test_a_change_of_release_1_0_0_that_is_not_confirmed_is_undone(host, clock, tmp_path):
    """Its note has one record, and of the file its mode only."""
    host.file.chmod(0o640)
    with host.rollback.armed(host.pending(host.part("new"))):
        host.write("new")
    path = tmp_path / "records" / "rollback" / "pending.json"
    note = json.loads(path.read_text())
    note["record"] = note.pop("records")["flows"]
    for file in note["parts"][0]["files"]:
        file["mode"] = file.pop("attributes")["mode"]
    path.write_text(json.dumps(note))
    host.file.chmod(0o600)
    clock.now += 60
    with host.rollback.exclusive(host):
        assert host.state() == OLD
    assert host.file.stat().st_mode & 0o777 == 0o640
