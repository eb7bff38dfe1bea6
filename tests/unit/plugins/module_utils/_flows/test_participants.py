# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Participants share a record: the order of their changes, and what the record says when one fails."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import participants
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, Report, Running
from ansible_collections.fleet.ports.plugins.module_utils._host import records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host

pytestmark = pytest.mark.usefixtures("record_folder")


def change(memory, load=lambda: None, differs=True):
    return Change(Report(1, [], [], [], memory), [], Running("rules", b"", b"x" if differs else b""), load)


def record():
    return records.Record("flows")


def test_a_memory_is_recorded_before_the_change():
    seen = []
    participants.write("nftables", change({"a": 1}, lambda: seen.append(record().load())), record())
    assert seen == [{"nftables": {"a": 1}}] == [record().load()]


def test_a_participant_without_memory_leaves_the_record_after_the_change():
    record().save({"nftables": {"a": 1}, "windows": {}})
    seen = []
    participants.write("nftables", change(None, lambda: seen.append(record().load())), record())
    assert seen == [{"nftables": {"a": 1}, "windows": {}}]
    assert record().load() == {"windows": {}}


def test_the_record_is_removed_with_its_last_participant():
    record().save({"nftables": {"a": 1}})
    participants.write("nftables", change(None), record())
    assert record().load() is None


@pytest.mark.parametrize("memory", [None, {"a": 2}])
@pytest.mark.parametrize("former", [None, {"nftables": {"a": 1}}])
def test_after_a_failure_the_record_is_the_former_one(former, memory):
    if former:
        record().save(former)

    def fail():
        raise HostError("No.")

    with pytest.raises(HostError):
        participants.write("nftables", change(memory, fail), record())
    assert record().load() == former


def test_a_change_that_is_not_needed_updates_the_memory_only():
    participants.write("nftables", change({"a": 1}, lambda: pytest.fail("loaded"), differs=False), record())
    assert record().load() == {"nftables": {"a": 1}}


@pytest.mark.parametrize("opens, order", [(True, ["windows", "nftables"]), (False, ["nftables", "windows"])])
def test_the_expiry_comes_first_while_a_window_is_open(opens, order):
    expiry = type("Change", (), {"report": type("Report", (), {"opens": opens})})
    assert [name for name, _change in participants.in_order([("windows", expiry)], [("nftables", None)])] == order


def test_without_expiry_the_order_is_that_of_the_others():
    assert participants.in_order([], [("a", 1), ("b", 2)]) == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("name", ["windows", "housekeeping", "nftables", "firewalld", "aix_ipsec"])
def test_each_name_in_a_record_of_release_1_0_0_is_a_participant_that_restores(name, monkeypatch):
    found = participants._named(name, Host(lambda *_words, **_options: (0, "", ""), lambda _name: None))
    restored = []
    monkeypatch.setattr(type(found), "restore", lambda self, *words: restored.append((self.name, *words)))
    participants.restore(name, "live", ["path"])
    assert restored == [(name, "live", ["path"])]
