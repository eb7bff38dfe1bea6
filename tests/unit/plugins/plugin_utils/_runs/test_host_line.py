# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run did on a host, in one line."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_line import line

NEW, SAME, FAILED = {"changed": True}, {"changed": False}, {"changed": False, "failed": True}
# Two packets of the first flow, and one of the second.
BLOCKED = [{"flow": "nimsh"}, {"flow": "nimsh"}, {"flow": "bootp"}]
WANTED = {
    "services": {"entries": [{"name": "rmcp"}, {"name": "rmcp"}, {"name": "rmcps"}]},
    "holds": {"holds": [{"port": port, "protocol": "udp"} for port in (623, 664)]},
    "pins": {"mountd": 20048, "lockd": 4045},
    "flows": {"flows": [{}, {}, {}]},
}


@pytest.mark.parametrize(
    "answers, text",
    [
        ({"services": SAME, "holds": SAME, "flows": NEW}, "opened 3 flows; 2 concerns unchanged"),
        (
            {"services": NEW, "holds": NEW, "pins": NEW},
            "named rmcp and rmcps, held 623/udp and 664/udp, pinned mountd and lockd",
        ),
        ({"services": SAME}, "1 concern unchanged"),
        ({"services": NEW, "holds": FAILED}, "named rmcp and rmcps; failed: holds"),
        ({"services": SAME, "flows": {**NEW, "blocked": BLOCKED}}, "opened 3 flows; 1 concern unchanged; 2 flows blocked"),
        ({"flows": {**SAME, "blocked": BLOCKED[:2]}}, "1 concern unchanged; 1 flow blocked"),
        ({"flows": {**SAME, "blocked": []}}, "1 concern unchanged"),
        ({}, "nothing to do"),
    ],
)
def test_a_run(answers, text):
    assert line(answers, WANTED, predicted=False) == text


def test_what_the_plan_has_no_longer_is_restored():
    assert line({"services": SAME, "holds": NEW}, {"services": {}}, predicted=False) == "restored holds; 1 concern unchanged"


def test_check_mode_predicts():
    answers = {"services": NEW, "flows": NEW, "pins": NEW}
    wanted = {name: WANTED[name] for name in ("services", "flows")}
    assert line(answers, wanted, predicted=True) == "would name rmcp and rmcps, open 3 flows, restore pins"
