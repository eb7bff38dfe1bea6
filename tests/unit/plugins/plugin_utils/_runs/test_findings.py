# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings: the sentence for people, and the values for programs."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import finding, of_leftover, of_result


def one_finding(concern, **result):
    (found,) = of_result(concern, result)
    assert found["concern"] == concern
    return found


def difference(unwanted=(), missing=(), **counts):
    return {
        "where": "/etc/x",
        "unwanted": {"count": counts.get("unwanted_count", len(unwanted)), "lines": list(unwanted)},
        "missing": {"count": counts.get("missing_count", len(missing)), "lines": list(missing)},
    }


@pytest.mark.parametrize(
    "lines, comparison",
    [
        (difference(["a"], []), "unwanted 'a'"),
        (difference([], ["a", "b"]), "missing 'a', 'b'"),
        (difference(["a"], ["b"]), "'a' instead of 'b'"),
        (difference([], list("abcde"), missing_count=99), "missing 'a', 'b', 'c' and 96 more"),
        (difference(), "the lines are as planned, but not their order or spacing"),
    ],
)
def test_a_file_that_differs(lines, comparison):
    found = one_finding("services", changed=True, differences=[lines])
    assert (found["kind"], found["sentence"]) == ("content", f"/etc/x: {comparison}")
    assert (found["where"], found["unwanted"], found["missing"]) == (
        "/etc/x", lines["unwanted"], lines["missing"],
    )  # fmt: skip


def test_a_daemon_that_is_not_at_its_pin():
    found = one_finding(
        "pins",
        changed=True,
        restarted=["nfs-server.service"],
        pins={"mountd": 20048, "lockd": 4045, "statd": None},
        observed={"mountd": {"tcp": [20048], "udp": [33333]}, "lockd": {"tcp": [4045]}, "statd": {"udp": [55]}},
    )
    assert found == {
        "concern": "pins",
        "kind": "moved_pin",
        "sentence": "mountd uses udp port 33333 instead of its pinned port 20048",
        "daemon": "mountd",
        "protocol": "udp",
        "wanted": 20048,
        "observed": 33333,
    }


def test_a_daemon_that_took_a_port():
    found = one_finding("holds", changed=True, conflicting_daemons=["rpc.statd (PID 4, no unit) has 664/udp on 127.0.0.1"])
    assert (found["kind"], found["sentence"]) == (
        "taken_port", "rpc.statd (PID 4, no unit) has 664/udp on 127.0.0.1; a run would restart it",
    )  # fmt: skip


def test_an_externally_modified_line_is_a_finding_although_a_run_would_leave_it():
    found = one_finding("services", left=["rmcp 623/udp # mine"])
    assert (found["kind"], found["line"]) == ("edited", "rmcp 623/udp # mine")


def test_a_change_that_nothing_explains_is_not_lost():
    assert one_finding("pins", changed=True, restarted=["a", "b"])["sentence"].endswith("and restart a, b")
    assert one_finding("flows", changed=True)["kind"] == "other"


def test_a_blocked_flow_is_a_finding_although_a_run_would_change_nothing():
    blocked = {
        "flow": "bootp-request", "packet": "udp 198.51.100.7:68 > 192.0.2.10:67", "hook": "input",
        "table": "inet filter", "chain": "input", "rule": "ip saddr 198.51.100.7 drop", "owner": "", "at": "now",
    }  # fmt: skip
    assert one_finding("flows", changed=False, rehearsed=True, blocked=[blocked]) == {
        "concern": "flows", "kind": "blocked", "flows": ["bootp-request"],
        **{name: value for name, value in blocked.items() if name != "flow"},
        "sentence": "bootp-request is blocked by 'ip saddr 198.51.100.7 drop' in chain input of table inet filter:"
        " udp 198.51.100.7:68 > 192.0.2.10:67",
    }  # fmt: skip


def test_a_quarantine_of_some_peers_is_no_difference():
    blocked = dict(dict.fromkeys(("flow", "packet", "hook", "table", "chain", "rule", "owner", "at"), "x"), fatal=False)
    assert list(of_result("flows", {"changed": False, "blocked": [blocked]})) == []


def test_a_blocked_flow_explains_no_change():
    blocked = dict.fromkeys(("flow", "packet", "hook", "table", "chain", "rule", "owner", "at"), "x")
    found = of_result("flows", {"changed": True, "blocked": [blocked]})
    assert [each["kind"] for each in found] == ["other", "blocked"]


def test_a_concern_in_order_has_no_finding():
    assert list(of_result("flows", {"changed": False, "differences": [], "owned": ["flows"]})) == []


def test_a_failed_module_is_an_obstacle():
    assert one_finding("flows", failed=True, msg="No.") == {"concern": "flows", "kind": "obstacle", "sentence": "No."}
    assert one_finding("flows", failed=True)["sentence"] == "the task failed without a message"


def test_a_leftover_that_cannot_be_removed_is_an_obstacle_as_well():
    assert [found["kind"] for found in of_leftover("pins", {"changed": True})] == ["leftover"]
    assert [found["kind"] for found in of_leftover("pins", {"failed": True, "msg": "No."})] == ["obstacle", "leftover"]


def test_a_sentence_is_one_printable_line():
    assert finding(None, "unknown", "a\nb\x1b[31m")["sentence"] == "a b\ufffd[31m"
