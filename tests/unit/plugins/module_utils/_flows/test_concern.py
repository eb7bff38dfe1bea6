# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concern flows: which backend and other participants are asked for what, and what the record says."""

import json
import os

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.module_utils._flows import concern, request, window_expiry
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import HARDENING, WINDOWS, Change, Report
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    concern_module,
    file_changes,
    host as host_,
    records,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule

FLOW = {
    "id": "f",
    "direction": "in",
    "protocol": "tcp",
    "initiates": True,
    "source": {"role": "c", "ports": ["1-65535"]},
    "destination": {"role": "m", "ports": ["111"]},
}
PEERS = {"c": ["192.0.2.1"]}
REMEMBERED = {"since": "nftables", "peers": ["192.0.2.1"]}


class Backend:
    """A packet filter that is one file with the names of the open flows."""

    def __init__(self, name, host):
        self.name = name
        self._host = host

    def change(self, opening, memory):
        self._host.asked.append((self.name, [rule.flows for rule in opening.rules], memory))
        file = file_changes.File(str(self._host.folder / self.name))
        after = b"".join(flow.encode() for rule in opening.rules for flow in rule.flows) or None
        memory = {"since": self.name} if after and self._host.closed else None
        report = Report(len(opening.rules), [{"flow": "f", "what": "wider"}], ["input"], ["mind the gap"], memory)
        report = report._replace(**self._host.rehearsal)
        return Change(report, [file.becoming(after if memory else None)], load=self._load)

    def _load(self):
        self._host.records_when_loading.append(records.Record("flows").load())
        if self._host.fails:
            raise HostError("no")


class FilteringHost:
    """A host with packet filters, of which one is in charge."""

    closed = True
    fails = False
    in_charge = "nftables"
    settings = None

    def __init__(self, folder):
        self.folder = folder
        self.rehearsal = {}
        self.asked, self.records_when_loading, self.warnings = [], [], []

    def under(self, settings):
        """Note the settings of the run, and return the packet filters."""
        self.settings = settings
        return self

    def named(self, name):
        return Backend(name, self)

    def chosen(self, name):
        return Backend(self.in_charge if name == "auto" else name, self)

    def run(self, check_mode=False, **params):
        self.asked = []
        defaults = {name: option.get("default") for name, option in concern.OPTIONS.items()}
        given = dict(dict(defaults, flows=[FLOW], peers=PEERS, state="present"), **params)
        module = FakeModule(check_mode, **given)
        result = concern_module.outcome(module, concern, host_.Host(system="Linux"))
        self.warnings = module.warnings
        return result


@pytest.fixture(name="host")
def fixture_host(tmp_path, record_folder, monkeypatch):
    (tmp_path / "filters").mkdir()
    host = FilteringHost(tmp_path / "filters")
    monkeypatch.setattr(host_.os, "geteuid", lambda: 0)
    monkeypatch.setattr(request, "Backends", lambda _host, settings: host.under(settings))
    return host


def record():
    return records.Record("flows").load()


def test_flows_are_opened_under_a_record(host):
    result = host.run()
    assert (result["changed"], result["backend"], result["rules"], result["owned"]) == (True, "nftables", 1, ["flows"])
    assert (result["widened"], result["enforced"]) == ([{"flow": "f", "what": "wider"}], ["input"])
    assert host.warnings == ["mind the gap"]
    assert host.records_when_loading == [{"nftables": REMEMBERED}] == [record()]
    assert [shown["after"] for shown in result["diff"]] == ["f"]
    assert [shown["missing"] for shown in result["differences"]] == [{"count": 1, "lines": ["f"]}]


def test_a_second_run_changes_nothing_and_hands_the_memory_on(host):
    host.run()
    result = host.run()
    assert (result["changed"], result["diff"], result["owned"]) == (False, [], ["flows"])
    assert result["differences"] == []
    assert host.asked == [("nftables", [("f",)], REMEMBERED)]


def test_check_mode_says_the_same_and_writes_nothing(host):
    result = host.run(check_mode=True)
    assert result["changed"] and len(result["diff"]) == 1
    assert os.listdir(str(host.folder)) == [] and record() is None


@pytest.mark.parametrize(
    "params", [{"state": "absent"}, {"flows": []}, {"peers": {}}, {"flows": [dict(FLOW, initiates=False)]}]
)
def test_nothing_to_open_gives_the_host_back(host, params):
    host.run()
    assert host.run(check_mode=True, max_shrink=100, **params)["changed"]
    result = host.run(max_shrink=100, **params)
    assert (result["changed"], result["backend"], result["rules"], result["owned"]) == (True, "nftables", 0, [])
    assert os.listdir(str(host.folder)) == [] and record() is None
    result = host.run(**params)
    assert (result["changed"], result["backend"], host.asked) == (False, "", [])


@pytest.mark.parametrize("params", [{"flows": []}, {"peers": {}}, {"peers": {"c": ["192.0.2.2", "192.0.2.3"]}}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_peers_are_not_lost_without_a_confirmation(host, params, check_mode):
    host.run()
    with pytest.raises(HostError) as error:
        host.run(check_mode=check_mode, **params)
    assert str(error.value).startswith("This run would remove 1 of the 1 peers of this host (192.0.2.1),")
    assert host.asked == []
    assert os.listdir(str(host.folder)) == ["nftables"] and record() == {"nftables": REMEMBERED}


def test_who_retires_a_host_or_gives_it_back_has_said_what_is_meant(host):
    host.run()
    assert host.run(check_mode=True, flows=[], retired={"masters": []})["changed"]
    assert host.run(state="absent", max_shrink=0)["changed"]


def test_peers_of_a_former_backend_are_not_lost_either(host):
    host.run()
    host.in_charge = "firewalld"
    with pytest.raises(HostError) as error:
        host.run(peers={"c": ["192.0.2.2"]})
    assert "(192.0.2.1)" in str(error.value)


def test_a_record_of_what_stays_open_is_brought_up_to_date(host):
    host.run()
    host.run(peers={"c": ["192.0.2.1", "192.0.2.2"]})
    assert record()["nftables"]["peers"] == ["192.0.2.1", "192.0.2.2"]
    host.run(check_mode=True, peers={"c": ["192.0.2.0/24"]})
    assert record()["nftables"]["peers"] == ["192.0.2.1", "192.0.2.2"]


def test_another_backend_takes_over_when_the_former_has_given_back(host):
    host.run()
    host.in_charge = "firewalld"
    result = host.run()
    assert host.asked == [("nftables", [], REMEMBERED), ("firewalld", [("f",)], {})]
    assert (result["backend"], len(result["diff"])) == ("firewalld", 2)
    assert os.listdir(str(host.folder)) == ["firewalld"]
    assert list(record()) == ["firewalld"]


def test_where_nothing_is_dropped_there_is_no_record(host):
    host.closed = False
    result = host.run()
    assert (result["changed"], result["owned"], record()) == (False, [], None)


def test_a_host_that_opened_up_is_no_longer_owned(host):
    host.run()
    host.closed = False
    assert host.run()["owned"] == []
    assert os.listdir(str(host.folder)) == []


@pytest.mark.parametrize("before", [False, True])
def test_a_failure_leaves_host_and_record_as_they_were(host, before):
    if before:
        host.run()
    old = record()
    host.fails = True
    with pytest.raises(HostError):
        host.run(flows=[dict(FLOW, id="other")])
    assert record() == old
    assert os.listdir(str(host.folder)) == (["nftables"] if before else [])


def test_a_plan_that_cannot_be_read_changes_nothing(host):
    with pytest.raises(HostError) as error:
        host.run(peers={"c": ["192.0.2.300"]})
    assert str(error.value).startswith("Peers c: Invalid IP address or network '192.0.2.300'")
    assert host.asked == []


def test_a_backend_is_told_what_to_do_about_a_blocked_flow(host):
    host.run()
    assert host.settings.on_blocked == "fail"
    host.run(on_blocked="warn")
    assert host.settings.on_blocked == "warn"


def test_a_host_is_given_back_whatever_is_blocked(host):
    host.run()
    assert host.run(state="absent", on_blocked="fail")["changed"]
    assert host.settings.on_blocked == "warn"


def test_the_result_says_what_the_kernel_judged(host):
    blocked = {"flow": "f", "hook": "input", "rule": "ip saddr 192.0.2.1 drop"}
    host.rehearsal = dict(rehearsed=True, blocked=(blocked,))
    result = host.run()
    assert (result["rehearsed"], result["not_rehearsed"], result["blocked"]) == (True, "", [blocked])


def test_the_result_says_why_nothing_was_judged(host):
    host.rehearsal = dict(not_rehearsed="there are no namespaces")
    result = host.run()
    assert (result["rehearsed"], result["not_rehearsed"], result["blocked"]) == (False, "there are no namespaces", [])


def test_where_no_flow_is_open_there_is_nothing_to_judge(host):
    result = host.run(flows=[])
    assert (result["backend"], result["rehearsed"], result["not_rehearsed"], result["blocked"]) == ("", False, "", [])


def test_only_root_may(host, monkeypatch):
    monkeypatch.setattr(host_.os, "geteuid", lambda: 1000)
    with pytest.raises(HostError) as error:
        host.run()
    assert str(error.value) == "Only root may open flows; use become."


def test_the_result_can_be_sent(host):
    json.dumps(host.run())


def test_the_options_take_a_plan_as_the_matrix_makes_it():
    """Keys of a flow that say nothing to a packet filter are options all the same."""
    informative = {"service", "phase", "documented", "reference", "reason"}
    assert set(concern.FLOW) == set(FLOW) | informative | {"window"}


def test_windows_are_listed_and_remembered(host):
    """In check mode they are listed as they would be."""
    windowed = dict(flows=[dict(FLOW, window="source")], window={"seconds": 60, "clients": {}, "host": None})
    assert host.run(**windowed)["windows"] == []
    assert host.asked == []
    windowed["window"]["clients"] = {"lpar7": ["192.0.2.1"]}
    (window,) = host.run(check_mode=True, **windowed)["windows"]
    assert (window["client"], window["open"]) == ("lpar7", True)
    assert host.asked == [("nftables", [("f",)], {})]


def test_a_window_for_no_list_of_addresses_is_one_sentence(host):
    with pytest.raises(HostError) as error:
        host.run(window={"seconds": 60, "clients": {"lpar7": "192.0.2.1"}, "host": None})
    assert str(error.value) == "The window of lpar7 is for '192.0.2.1'; give it a list of addresses."


WINDOW = {"seconds": 600, "clients": {"lpar01": ["198.51.100.1/32"]}, "host": None}
EXPIRED = {"clients": {"lpar01": {"opened": 0, "until": 10, "addresses": ["198.51.100.1/32"]}}, "request": None}


def _participants(monkeypatch, memories=None, **params):
    """Return the participants that have a change on a host whose record has these memories."""
    defaults = {name: option.get("default") for name, option in concern.OPTIONS.items()}
    options = dict(defaults, **params)
    monkeypatch.setattr(records.Record, "load", lambda record: memories)
    change = concern.compute(host_.Host(system="Linux"), options)
    return [name for name, _change in change._parts]


def test_no_participant_is_asked_on_a_host_without_flows_windows_and_hardening(host, monkeypatch):
    assert _participants(monkeypatch) == []


def test_the_expiry_is_asked_for_windows_that_are_wanted_or_existed(host, monkeypatch, tmp_path):
    assert _participants(monkeypatch, window=WINDOW) == ["windows"]
    assert _participants(monkeypatch, {WINDOWS: EXPIRED}) == ["windows"]
    (tmp_path / "records" / "window").mkdir(parents=True)
    assert _participants(monkeypatch) == ["windows"], "its job was left behind"


def test_the_hardening_is_asked_where_it_is_wanted_or_was(host, monkeypatch):
    assert _participants(monkeypatch, tftpaccess=True) == ["housekeeping"]
    assert _participants(monkeypatch, retired={"masters": ["nim01"]}) == ["housekeeping"]
    assert _participants(monkeypatch, {HARDENING: {"tftpaccess": None}}) == ["housekeeping"]


def test_a_host_that_is_given_back_has_neither_windows_nor_hardening(host):
    assert not host.run(check_mode=True, state="absent", window=WINDOW, tftpaccess=True)["changed"]


def test_the_module_brings_the_program_of_its_job_to_the_host():
    """A job runs from what the module came with, which is what the module imports."""
    with open(concern.__file__) as file:
        assert f"module_utils.{window_expiry.PROGRAM} import" in file.read()
