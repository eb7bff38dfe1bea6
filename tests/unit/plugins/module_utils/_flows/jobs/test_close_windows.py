# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job that closes windows: what a run records, when the job begins, and what it closes."""

import contextlib
import json

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._flows import participants, request, window_expiry
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, Report, Running
from ansible_collections.fleet.ports.plugins.module_utils._flows.jobs import close_windows
from ansible_collections.fleet.ports.plugins.module_utils._flows.request import Request, compute_changes
from ansible_collections.fleet.ports.plugins.module_utils._flows.window_expiry import WindowExpiry
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host as AnyHost
from ansible_collections.fleet.ports.plugins.module_utils._windows import schedule
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Window

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True, "window": "source",
    "source": {"role": "client", "ports": ["1024-65535"]}, "destination": {"role": "master", "ports": ["69"]},
}  # fmt: skip
LASTING = dict(FLOW, id="register", window=None, destination={"role": "master", "ports": ["1059"]})
C, D = Window(1000, 1100, ["198.51.100.1"]), Window(1000, 1300, ["198.51.100.2"])

DOES_NOT_LOAD = HostError("The filter does not load.")


class Job:
    """A job of the host, and when it begins."""

    def __init__(self):
        self.begins = None
        self.fails = False

    def arm_at(self, moment):
        if self.fails:
            raise HostError("There is no room.")
        self.begins = moment

    def is_armed(self):
        return self.begins is not None

    def is_left(self):
        return self.begins is not None

    def disarm(self):
        self.begins = None


class Filter:
    """A packet filter that is a list of what is open to whom."""

    name = "nftables"

    def __init__(self, host):
        self._host = host

    def change(self, opening, _memory):
        after = sorted(
            f"{rule.flows[0]} to {address}" for rule in opening.rules for address in opening.peers[rule.source]["ip"]
        )
        texts = [json.dumps(each).encode() for each in (self._host.open, after)]
        report = Report(len(after), [], [], [], {} if after else None)
        return Change(report, [], Running("running", *texts), lambda: self._load(after))

    def _load(self, after):
        if self._host.fails:
            raise self._host.fails
        self._host.open = after


class WindowedHost:
    """A host by a clock that the test moves."""

    def __init__(self):
        self.now = 1000
        self.open = []
        self.settings = None
        self.fails = None
        self.log, self.identities = [], []
        self.job = Job()
        self.record = records.Record("flows")
        self.request = Request([FLOW, LASTING], {"client": ["198.51.100.0/29"]}, [], None, "auto", None, 2000)

    # What the program asks of packet filters and time.
    def under(self, settings):
        self.settings = settings
        return self

    def named(self, _name):
        return Filter(self)

    def chosen(self, _name):
        return Filter(self)

    def time(self):
        return self.now

    def expiry(self):
        expiry = WindowExpiry(AnyHost())
        expiry.schedule.job = self.job
        return expiry

    def bring(self, windows):
        """Do what the module does."""
        memories = self.record.load() or {}
        expiry = self.expiry().change(windows, self.request, memories.get("windows", {}), self.now)
        filters = compute_changes(self.request, windows, memories, self)
        for name, change in participants.in_order([(WindowExpiry.name, expiry)], filters):
            participants.write(name, change, self.record)
        return expiry


@pytest.fixture(name="host")
def fixture_host(record_folder, monkeypatch):
    host = WindowedHost()
    monkeypatch.setattr(request, "Backends", lambda _host, settings: host.under(settings))
    monkeypatch.setattr(window_expiry, "WindowExpiry", lambda _host: host.expiry())
    monkeypatch.setattr(close_windows.time, "time", host.time)
    monkeypatch.setattr(close_windows.syslog, "openlog", host.identities.append)
    monkeypatch.setattr(close_windows.syslog, "syslog", lambda _priority, text: host.log.append(text))
    return host


def test_what_is_open_has_a_job_that_begins_at_its_end(host):
    expiry = host.bring({"c": C})
    assert expiry.needed and host.job.begins == 1100
    assert host.open == ["register to 198.51.100.0/29", "tftp to 198.51.100.1"]
    assert expiry.diffs()[0]["after"] == "c: 1970-01-01T00:16:40Z to 1970-01-01T00:18:20Z\n"
    assert not host.bring({"c": C}).needed


@pytest.mark.parametrize("peers", ["198.51.100.0/31,198.51.100.2/31", "198.51.100.1, 198.51.100.2,"])
def test_peers_may_be_one_text(host, peers):
    host.request = Request([FLOW], {"client": peers}, [], None, "auto", None, 2000)
    host.bring({"c": C})
    assert host.open == ["tftp to 198.51.100.1"]


def test_a_job_that_has_closed_all_and_was_killed_is_called_off(host):
    host.bring({"c": C})
    host.record.remove()
    expiry = host.bring({})
    assert expiry.diffs()[0]["before"] == "(the job that closed the windows was left behind)\n"
    assert host.job.begins is None and not host.bring({}).needed


def test_the_job_closes_what_is_over_and_waits_for_the_next(host):
    host.bring({"c": C, "d": D})
    assert host.job.begins == 1100
    host.now = 1100
    close_windows.main()
    assert host.open == ["register to 198.51.100.0/29", "tftp to 198.51.100.2"]
    assert host.settings.on_blocked == "warn", "it closes what is over, whatever stops the flow that stays open"
    assert host.job.begins == 1300
    host.now = 1300
    close_windows.main()
    assert host.log == [f"windows that are over are closed; still open: {number}" for number in (1, 0)]
    assert host.open == ["register to 198.51.100.0/29"]
    assert host.job.begins is None
    assert set(host.identities) == {"fleet.ports"}
    assert set(host.record.load()) == {"nftables", "windows"}
    assert host.record.load()["windows"] == {
        "clients": {name: dict(window._asdict()) for name, window in (("c", C), ("d", D))}, "request": None,
    }  # fmt: skip


def test_the_job_begins_after_a_boot_that_comes_late_and_too_early_does_no_harm(host):
    host.bring({"c": C, "d": D})
    host.now = 1050
    close_windows.main()
    assert (len(host.open), host.job.begins) == (3, 1100)
    host.now = 9000
    close_windows.main()
    assert (host.open, host.job.begins) == (["register to 198.51.100.0/29"], None)


@pytest.mark.parametrize("left", [0.5, schedule.AHEAD])
def test_an_end_that_comes_while_the_job_runs_is_waited_for(host, monkeypatch, left):
    """The job is not started again while it runs."""
    host.bring({"c": C, "d": D})
    host.now = 1100 - left
    slept = []

    def sleep(seconds):
        assert len(host.open) == 3 and host.job.begins == 1100 - left + schedule.AHEAD
        slept.append(seconds)
        host.now += seconds

    monkeypatch.setattr(close_windows.time, "sleep", sleep)
    close_windows.main()
    assert slept == [left]
    assert (len(host.open), host.job.begins) == (2, 1300)


def test_an_end_that_has_come_while_the_job_was_set_is_not_waited_for(host, monkeypatch):
    host.bring({"c": C})
    host.now = 1095
    arm_at, slept = host.job.arm_at, []

    def takes_long(moment):
        host.now += 6 if moment == 1100 else 0
        arm_at(moment)

    monkeypatch.setattr(host.job, "arm_at", takes_long)
    monkeypatch.setattr(close_windows.time, "sleep", slept.append)
    close_windows.main()
    assert (len(host.open), host.job.begins, slept) == (1, None, [0])


def test_a_run_after_the_end_finds_nothing_to_change(host):
    host.bring({"c": C})
    host.now = 1100
    close_windows.main()
    assert not host.bring({"c": C._replace(until=1100)}).needed
    assert not host.bring({}).needed
    assert "windows" not in host.record.load()


def test_what_cannot_be_closed_is_tried_again_soon(host):
    host.bring({"c": C})
    host.now, host.fails = 1100, DOES_NOT_LOAD
    with pytest.raises(SystemExit) as ended:
        close_windows.main()
    assert ended.value.code == 1
    assert host.job.begins == 1100 + close_windows.RETRY
    assert host.log == ["a window that is over is not closed yet: The filter does not load."]
    host.fails = None
    close_windows.main()
    assert host.open == ["register to 198.51.100.0/29"]


def test_it_is_tried_again_soon_after_a_failure_that_took_long(host, monkeypatch):
    host.bring({"c": C})
    host.now = 1100

    def takes_long(_host, scheduled):
        assert scheduled.job.begins == 1100 + close_windows.RETRY
        host.now = 1400
        raise DOES_NOT_LOAD

    monkeypatch.setattr(close_windows, "_close", takes_long)
    with pytest.raises(SystemExit):
        close_windows.main()
    assert host.job.begins == 1400 + close_windows.RETRY


def test_it_is_tried_again_after_an_unexpected_error(host):
    host.bring({"c": C})
    host.now, host.fails = 1100, ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        close_windows.main()
    assert host.job.begins == 1100 + close_windows.RETRY


def test_it_is_closed_though_nothing_would_try_it_again(host):
    host.bring({"c": C})
    host.now, host.job.fails = 1100, True
    close_windows.main()
    assert host.open == ["register to 198.51.100.0/29"] and host.job.begins is None
    assert host.log == [
        "the next boot or run has to close windows, should that fail now: There is no room.",
        "windows that are over are closed; still open: 0",
    ]


def test_a_window_whose_next_end_has_no_job_is_one_sentence(host):
    host.bring({"c": C, "d": D})
    host.now, host.job.fails = 1100, True
    with pytest.raises(SystemExit):
        close_windows.main()
    assert host.log[1:] == [
        "the next boot or run has to close windows, should that fail now: There is no room.",
        "a window that is over is not closed yet: There is no room.",
    ]


def test_the_job_waits_for_its_turn_and_a_run_that_has_it_may_call_the_job_off(host, monkeypatch):
    host.bring({"c": C})
    host.now = 1100
    monkeypatch.setattr(host_lock, "TIMEOUT", 0.01)
    with contextlib.ExitStack() as run:
        run.enter_context(host_lock.Lock("a run").held(5))

        def turn(_priority, text):
            host.log.append(text)
            if len(host.log) == 3:
                host.bring({})
                assert host.job.begins is None
                run.close()

        monkeypatch.setattr(close_windows.syslog, "syslog", turn)
        close_windows.main()
    assert "(a run)" in host.log[0] and len(host.log) == 4
    assert host.job.begins is None and host.open == ["register to 198.51.100.0/29"]


def test_a_change_that_may_be_undone_is_not_mixed_with_the_end(host, monkeypatch):
    host.bring({"c": C})
    host.now = 1100
    monkeypatch.setattr(pending_change, "load", lambda: "a change")
    with pytest.raises(SystemExit):
        close_windows.main()
    assert (len(host.open), host.job.begins) == (2, 1100 + close_windows.RETRY)


def test_a_job_that_was_lost_is_found_missing(host):
    host.bring({"c": C})
    host.job.disarm()
    expiry = host.expiry().change({"c": C}, host.request, host.record.load()["windows"], host.now)
    assert expiry.needed and "(no job would close these windows)" in expiry.diffs()[0]["before"]
    host.bring({"c": C})
    assert host.job.begins == 1100


def test_closing_takes_the_job_away_last(host):
    """If the filter fails, the window still has who closes it."""
    host.bring({"c": C})
    host.fails = DOES_NOT_LOAD
    with pytest.raises(HostError):
        host.bring({})
    assert host.job.begins == 1100
    host.fails = None
    host.bring({})
    assert host.job.begins is None and "windows" not in host.record.load()


def test_undoing_a_change_lets_the_job_begin_when_it_would_have(host):
    host.bring({"c": C})
    memory = host.record.load()["windows"]
    state = host.expiry().change({"d": D}, host.request, memory, host.now).former_state()
    json.dumps(state)
    host.bring({"d": D})
    host.expiry().restore(state["live"], [])
    assert host.job.begins == 1100
    host.now = 1200
    host.expiry().restore(state["live"], [])
    assert host.job.begins == 1200 + schedule.AHEAD
    host.expiry().restore(host.expiry().change({"c": C}, host.request, {}, host.now).former_state()["live"], [])
    assert host.job.begins is None


def test_without_a_window_the_job_only_goes(host):
    host.bring({})
    host.job.arm_at(1)
    close_windows.main()
    assert host.job.begins is None and host.open == ["register to 198.51.100.0/29"]


def test_a_run_that_has_forgotten_of_windows_says_what_it_does(host):
    host.bring({"c": C})
    closed = host.bring({})
    assert closed.report.warnings == []
    host.bring({"c": C})
    host.request = Request([LASTING], {"client": ["198.51.100.0/29"]}, [], None, "auto", None, 2000)
    assert host.bring({}).report.warnings == [
        "The windows of c are over, because nim_firewall_window is not set for this run: the flows that they "
        "opened are now permanently open to all clients."
    ]
    assert host.bring({}).report.warnings == []
