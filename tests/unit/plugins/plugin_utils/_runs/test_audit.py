# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift of a host, from the results that were registered on it."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import host_drift

IN_ORDER = {"changed": False, "differences": []}
UNREACHABLE = {"unreachable": True, "msg": "ssh: No route to host\r\n", "changed": False}


def drift(planned=("services", "flows"), **answers):
    """The drift of a host whose plan has these concerns, and which answered so."""
    return host_drift({"fleet_ports_host": {"changed": False, "planned": list(planned), "concerns": answers}})


def silent(**result):
    """The drift of a host with two concerns in its plan that was not looked at."""
    return host_drift({"fleet_ports_host": {"planned": ["services", "flows"], **result}})


def found(host):
    return [(finding["concern"], finding["kind"], finding["sentence"]) for finding in host.findings]


def difference(unwanted=(), missing=(), **counts):
    return {
        "where": "/etc/x",
        "unwanted": {"count": counts.get("unwanted_count", len(unwanted)), "lines": list(unwanted)},
        "missing": {"count": counts.get("missing_count", len(missing)), "lines": list(missing)},
    }


def test_a_host_in_order():
    host = drift(services=IN_ORDER, flows=IN_ORDER)
    assert host == ("in_order", {"services": "in_order", "flows": "in_order"}, [])


def test_a_host_with_nothing_to_do_is_in_order():
    assert drift([]) == ("in_order", {}, [])


def test_an_obstacle_is_found_and_the_other_concerns_are_looked_at():
    host = drift(
        ["services", "holds", "flows"],
        services=IN_ORDER,
        holds={"failed": True, "msg": "Cannot hold the ports: x has 664/udp."},
        flows={**IN_ORDER, "changed": True, "differences": [difference(["a"])]},
    )
    assert host.concerns == {"services": "in_order", "holds": "differs", "flows": "differs"}
    assert found(host) == [
        ("holds", "obstacle", "Cannot hold the ports: x has 664/udp."),
        ("flows", "content", "/etc/x: unwanted 'a'"),
    ]


def test_a_concern_that_the_plan_has_no_longer():
    host = drift(["services"], services=IN_ORDER, holds={**IN_ORDER, "changed": True, "differences": [difference()]})
    assert host.concerns == {"services": "in_order", "holds": "differs"}
    assert [kind for _concern, kind, _sentence in found(host)] == ["leftover"]


def test_a_concern_that_the_plan_has_no_longer_and_that_cannot_go():
    host = drift(["services"], services=IN_ORDER, holds={"failed": True, "msg": "No."})
    assert [kind for _concern, kind, _sentence in found(host)] == ["obstacle", "leftover"]


@pytest.mark.parametrize("result", [UNREACHABLE, {"failed": True, "timedout": {"period": 300}, "msg": "Timed out."}])
def test_a_host_that_does_not_answer_is_not_audited(result):
    host = silent(**result)
    assert (host.state, host.concerns) == ("not_audited", {"services": "not_audited", "flows": "not_audited"})
    assert found(host) == [(None, "unreachable", f"could not be reached: {result['msg'].strip()}")]


def test_that_a_task_failed_is_not_said_twice():
    host = silent(**{**UNREACHABLE, "msg": "Task failed: no route to host"})
    assert found(host) == [(None, "unreachable", "could not be reached: no route to host")]


def test_a_module_that_could_not_start_has_found_nothing():
    host = silent(failed=True, msg="Missing sudo password", rc=1)
    assert (host.state, host.concerns["services"]) == ("not_audited", "not_audited")
    assert found(host) == [(None, "unknown", "Missing sudo password")]


def test_a_host_with_an_error_in_its_plan():
    host = host_drift({"fleet_ports_host": {"failed": True, "msg": "Host m: nim_http is 'maybe'."}})
    assert host == ("not_audited", {}, [{"concern": None, "kind": "plan", "sentence": "Host m: nim_http is 'maybe'."}])


def test_a_host_without_a_result():
    host = host_drift({})
    assert (host.state, host.concerns) == ("not_audited", {})
    assert found(host) == [(None, "unknown", "no result was registered for this host")]


def test_a_sentence_is_one_line_that_can_be_printed():
    host = drift(["services"], services={"failed": True, "msg": "a\nb\x1b[31m\u202e" + "c" * 5000})
    (sentence,) = (finding["sentence"] for finding in host.findings)
    assert sentence.startswith("a b\ufffd[31m\ufffdccc") and sentence.endswith("c…")
    assert len(sentence) == 1001


@pytest.mark.parametrize("answer", [
    {"differences": [None]}, {"pins": {"lockd": 1}},
    {"differences": [{"where": 1, "unwanted": {"count": "x", "lines": 1}, "missing": {"count": 1}}]}, [], "x",
])  # fmt: skip
def test_a_result_in_a_wrong_format_is_not_audited(answer):
    host = drift(["flows"], flows=answer)
    assert host.state == "not_audited"
    assert [found["sentence"] for found in host.findings] == ["the registered result has not the format of a fleet.ports module"]
