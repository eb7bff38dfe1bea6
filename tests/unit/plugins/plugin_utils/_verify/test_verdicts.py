# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts: the findings of both ends, put together."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.verdicts import count, judge

SERVED = "port 111/tcp is in use here by rpcbind (PID 12, unit rpcbind.service)"
REJECTED = "communication administratively prohibited, reported by 192.0.2.9"


def judged(expect="pass", send=None, listen=None, collect=None, others=()):
    """The verdict and the reason for probe 1 from a to b."""
    probe = {"id": 1, "expect": expect, "from": "a", "to": "b", "protocol": "tcp"}
    findings = {("a", "send"): send or {}, ("b", "listen"): listen or {}, ("b", "collect"): collect or {"heard": []}}
    first = judge([probe, *others], lambda host, step: findings[host, step])[0]
    return first["verdict"], first["why"]


def said(outcome, **more):
    return {"outcomes": {"1": outcome}, **more}


@pytest.mark.parametrize(
    "findings, verdict, why",
    [
        ({"send": said("answered"), "collect": {"heard": [1]}}, "passed", ""),
        ({"send": said("answered"), "collect": {"obstacle": "b: gone"}}, "passed", ""),
        ({"send": said("answered"), "listen": {"served": {"1": SERVED}}}, "passed", ""),
        ({"send": said("silent"), "listen": {"served": {"1": SERVED}}, "collect": {"heard": [1]}}, "passed", ""),
        (
            {"send": said("silent"), "collect": {"heard": [1]}},
            "passed", "it arrived, but its answer did not return in time",
        ),
        ({"send": said("silent")}, "blocked", "no answer returned"),
        ({"send": said("silent"), "listen": {"served": {"1": SERVED}}}, "blocked", "no answer returned"),
        ({"send": said("refused")}, "blocked", "a packet filter on the way rejects it"),
        ({"send": said("prohibited", details={"1": REJECTED})}, "blocked", REJECTED),
        (
            {"send": said("silent"), "collect": {"heard": [], "displaced": {"1": "203.0.113.1 port 5"}}},
            "blocked", "it arrived from 203.0.113.1 port 5: a device on the way translates addresses",
        ),
        (
            {"send": said("refused"), "listen": {"obstacles": {"1": "no"}}},
            "refused", "the packet filters pass it, but no service listens",
        ),
        ({"send": said("silent"), "listen": {"obstacles": {"1": "no"}}}, "untested", "b: no"),
        ({"send": said("silent"), "collect": {"obstacle": "b: gone"}}, "untested", "b: gone"),
        ({"send": {"outcomes": {}, "obstacles": {"1": "source port 623/tcp is held (fleet.ports)"}}},
         "untested", "a: source port 623/tcp is held (fleet.ports)"),
        ({"send": {"obstacle": "a: unreachable"}}, "untested", "a: unreachable"),
        ({"send": {"outcomes": {}}, "listen": {"obstacle": "b: down"}}, "untested", "b: down"),
        ({}, "untested", "a sent no probes"),
    ],
)
def test_allowed_traffic(findings, verdict, why):
    assert judged(**findings) == (verdict, why)


@pytest.mark.parametrize(
    "findings, verdict, why",
    [
        ({"send": said("silent")}, "dropped", ""),
        ({"send": said("prohibited")}, "dropped", ""),
        ({"send": said("refused")}, "dropped", ""),
        ({"send": said("answered")}, "leaked", ""),
        ({"send": said("silent"), "collect": {"heard": [1]}}, "leaked", ""),
        ({"send": said("refused"), "listen": {"obstacles": {"1": "no"}}}, "leaked", "the host itself refused it, so it arrived"),
        ({"send": said("silent"), "listen": {"obstacles": {"1": "no"}}}, "untested", "b: no"),
        ({"send": {"obstacles": {"1": "no"}}}, "untested", "a: no"),
    ],
)
def test_forbidden_traffic(findings, verdict, why):
    assert judged("drop", **findings) == (verdict, why)


CONTROL = {"id": 2, "expect": "control", "from": "a", "to": "b", "protocol": "tcp"}


@pytest.mark.parametrize(
    "control, outcome, verdict",
    [
        (CONTROL, "answered", ("not_judged", "b drops nothing by default")),
        (CONTROL, "silent", ("leaked", "")),
        ({**CONTROL, "protocol": "udp"}, "answered", ("leaked", "")),
    ],
)
def test_if_a_control_passes_forbidden_traffic_is_not_judged(control, outcome, verdict):
    send = {"outcomes": {"1": "answered", "2": outcome}}
    assert judged("drop", send=send, others=[control]) == verdict
    assert judged("pass", send=send, others=[control])[0] == "passed"


def test_counts():
    counts = count([{"verdict": "passed"}, {"verdict": "leaked"}, {"verdict": "passed"}])
    assert counts == {
        "passed": 2, "refused": 0, "blocked": 0, "dropped": 0, "leaked": 1, "not_judged": 0, "untested": 0,
    }


@pytest.mark.parametrize("finding", [
    {"outcomes": None}, {"outcomes": {"x": "answered"}}, {"obstacles": [1]}, {"outcomes": {"1": "refused"}, "details": 7},
])  # fmt: skip
def test_a_result_in_a_wrong_format_is_an_obstacle(finding):
    (probe,) = judge(
        [{"id": 1, "from": "a", "to": "b", "expect": "pass", "protocol": "udp"}],
        lambda host, step: finding if (host, step) == ("a", "send") else {},
    )
    assert (probe["verdict"], probe["why"]) == ("untested", "a: its result has not the format of flow_probe")
