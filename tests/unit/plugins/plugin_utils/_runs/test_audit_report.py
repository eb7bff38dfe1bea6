# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit report: the text of each document, and text from hosts that stays text."""

from __future__ import annotations

import json

from ansible_collections.fleet.ports.plugins.plugin_utils._runs import audit_report
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import DIFFERS, IN_ORDER, NOT_AUDITED, HostDrift
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import finding
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import hosts_in
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.rehearsals import SILENT, Rehearsal

FLEET = {
    "a": HostDrift(IN_ORDER, {"flows": IN_ORDER}, []),
    "b_1": HostDrift(
        DIFFERS,
        {"holds": DIFFERS, "flows": IN_ORDER},
        [finding("holds", "obstacle", "<img> has 664/udp"), finding("holds", "other", "more | more")],
    ),
    "c": HostDrift(NOT_AUDITED, {"flows": NOT_AUDITED}, [finding(None, "unreachable", "could not be reached: no")]),
}
REHEARSED = {"a": Rehearsal([], "<no> namespaces"), "b_1": SILENT, "c": SILENT}


def test_counts():
    assert audit_report.counts(FLEET) == {
        "hosts": 3, "in_order": 1, "differs": 1, "not_audited": 1, "findings": 3,
    }  # fmt: skip
    assert hosts_in(FLEET, NOT_AUDITED) == ["c"]


def test_the_document_for_programs():
    document = json.loads(audit_report.json_document(FLEET, REHEARSED, 7))
    assert (document["version"], document["hosts_with_role"], document["counts"]["hosts"]) == (1, 7, 3)
    assert document["not_rehearsed"] == {"a": "<no> namespaces"}
    assert document["hosts"]["a"] == {"state": "in_order", "concerns": {"flows": "in_order"}, "findings": []}
    assert document["hosts"]["c"]["findings"] == [
        {"concern": None, "kind": "unreachable", "sentence": "could not be reached: no"}
    ]


def test_the_document_for_people():
    assert audit_report.markdown_document(FLEET, REHEARSED, 3) == r"""# Audit of the fleet

Audited 3 of 3 hosts with a role (the whole inventory). In order: 1, differs: 1, not audited: 1.

## Hosts that are not in order

| Host | State | services | holds | pins | flows |
| --- | --- | --- | --- | --- | --- |
| b_1 | differs |  | differs |  | in order |
| c | not audited |  |  |  | not audited |

## b_1

- holds: \<img\> has 664/udp
- holds: more | more

## c

- could not be reached: no

## To be tested with packets

- Flows not rehearsed on a: \<no\> namespaces.
- Run the playbook fleet.ports.verify to test these flows with packets.
"""


def test_a_fleet_in_order_is_a_short_document():
    assert audit_report.markdown_document({"a": FLEET["a"]}, {"a": SILENT}, 2) == (
        "# Audit of the fleet\n\nAudited 1 of 2 hosts with a role (a part of the inventory). "
        "In order: 1, differs: 0, not audited: 0.\n"
    )


def test_the_summary_is_a_line_a_host():
    assert audit_report.summary(FLEET, 3)[1:] == [
        "b_1 differs: holds: <img> has 664/udp; holds: more | more",
        "c not audited: could not be reached: no",
    ]


def test_the_summary_is_what_a_screen_takes():
    long = HostDrift(DIFFERS, {"flows": DIFFERS}, [finding("flows", "other", "x" * 900)] * 3)
    lines = audit_report.summary({f"h{number}": long for number in range(52)}, 52)
    assert len(lines) == 52
    assert lines[1].endswith("xxx… (3 findings)") and len(lines[1]) < 320
    assert lines[-1] == "and 2 more hosts; see the report"
