# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of a run: the state of one host by its variables, and the lines about all hosts."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._runs import changes
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.changes import (
    CHANGED,
    FAILED,
    UNCHANGED,
    HostChanges,
    host_changes,
)


def host(**result):
    return host_changes({"fleet_ports_host": result})


def test_a_host_is_changed_or_unchanged():
    assert host(changed=True, concerns={}) == HostChanges(CHANGED, "")
    assert host(changed=False, concerns={}) == HostChanges(UNCHANGED, "")


@pytest.mark.parametrize(
    "result, why",
    [
        ({"failed": True, "msg": "No plan."}, "No plan."),
        ({"changed": True, "failed": True, "msg": "No."}, "No."),
        ({"unreachable": True, "msg": "Gone."}, "Gone."),
        ({"failed": True}, "the task failed without a message"),
        ({"failed": True, "msg": ["No"]}, "['No']"),
        ({"concerns": {}}, "the registered result has not the format of a fleet.ports module"),
    ],
)
def test_a_failed_host_has_a_reason(result, why):
    assert host(**result) == HostChanges(FAILED, why)


@pytest.mark.parametrize("registered", ["no", 7, []])
def test_a_result_in_a_wrong_format_fails_the_host(registered):
    why = "the registered result has not the format of a fleet.ports module"
    assert host_changes({"fleet_ports_host": registered}) == HostChanges(FAILED, why)


def test_a_host_without_a_result_was_not_finished():
    assert host_changes({}) == HostChanges(FAILED, "the run ended before this host was finished")


def test_the_summary_counts_and_names_hosts():
    fleet = {"a": HostChanges(CHANGED, ""), "b": HostChanges(UNCHANGED, ""), "c": HostChanges(FAILED, "Gone:\r\n  for good")}
    assert changes.counts(fleet) == {"hosts": 3, "changed": 1, "unchanged": 1, "failed": 1}
    assert changes.summary(fleet, predicted=False) == [
        "3 hosts: 1 changed, 1 unchanged, 1 failed.",
        "Changed: a",
        "c failed: Gone: for good",
    ]
    assert changes.summary(fleet, predicted=True)[:2] == [
        "3 hosts: 1 would change, 1 unchanged, 1 failed.",
        "Would change: a",
    ]


def test_text_from_a_host_does_not_move_the_cursor():
    lines = changes.summary({"a": HostChanges(FAILED, "\x1b[2Jgone\u202e")}, predicted=False)
    assert lines[1] == "a failed: \ufffd[2Jgone\ufffd"


def test_a_fleet_in_order_is_one_line():
    assert changes.summary({"a": HostChanges(UNCHANGED, "")}, predicted=False) == [
        "1 host: 0 changed, 1 unchanged, 0 failed."
    ]


def test_a_screen_takes_fifty_hosts_and_a_line_three_hundred_letters():
    fleet = {f"a{number}": HostChanges(CHANGED, "") for number in range(60)}
    fleet |= {f"b{number}": HostChanges(FAILED, "x" * 400) for number in range(60)}
    lines = changes.summary(fleet, predicted=False)
    assert len(lines) == 53
    assert lines[1].endswith("a49 and 10 more")
    assert lines[2] == f"b0 failed: {'x' * 289}…"
    assert lines[-1] == "and 10 more hosts that failed"
