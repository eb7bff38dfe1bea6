# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What kernels judged of flows: read from a host, and as lines about all hosts."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._runs import rehearsals
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.rehearsals import SILENT, Rehearsal, host_rehearsal

BLOCKED = {
    "flow": "bootp-request", "packet": "udp 198.51.100.7:68 > 192.0.2.10:67", "hook": "input",
    "table": "inet filter", "chain": "input", "rule": "ip saddr 198.51.100.7 drop", "owner": "", "at": "now",
}  # fmt: skip
SENTENCE = (
    "bootp-request is blocked by 'ip saddr 198.51.100.7 drop' in chain input of table inet filter:"
    " udp 198.51.100.7:68 > 192.0.2.10:67"
)
REMEDY = "Run the playbook fleet.ports.verify to test these flows with packets."


def sentence_about(*blocked):
    (rule,) = rehearsals.by_rule(blocked)
    return rehearsals.sentence(rule)


def of_flows(answer):
    return host_rehearsal({"fleet_ports_host": {"concerns": {"flows": answer}}})


def test_a_host_says_what_its_kernel_judged():
    assert of_flows({"rehearsed": True, "not_rehearsed": "", "blocked": [BLOCKED]}) == Rehearsal([SENTENCE], "")
    assert of_flows({"rehearsed": False, "not_rehearsed": "no namespaces", "blocked": []}) == Rehearsal([], "no namespaces")
    assert of_flows({"rehearsed": True, "not_rehearsed": "", "blocked": []}) == SILENT


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"fleet_ports_host": {"failed": True, "msg": "No."}},
        {"fleet_ports_host": {"concerns": {"services": {"changed": True}}}},
        {"fleet_ports_host": {"concerns": {"flows": {"changed": True}}}},
        {"fleet_ports_host": {"concerns": {"flows": {"blocked": [{}]}}}},
        {"fleet_ports_host": "no"},
    ],
)
def test_a_host_without_such_a_result_is_silent(variables):
    assert host_rehearsal(variables) == SILENT


def test_a_rule_that_stops_many_flows_is_one_sentence():
    flows = ["bootp-request", "nimsh", "nim-request", "nimreg", "tftp"]
    other = {**BLOCKED, "rule": "drop"}
    found = of_flows({"blocked": [*({**BLOCKED, "flow": flow} for flow in flows), other]})
    assert found.blocked == [
        SENTENCE.replace("bootp-request is", "bootp-request, nimsh, nim-request and 2 more are"),
        SENTENCE.replace("ip saddr 198.51.100.7 drop", "drop"),
    ]


def test_a_rule_of_another_program_is_named_with_it():
    sentence = sentence_about({**BLOCKED, "owner": "firewalld"})
    assert "of table inet filter (managed by firewalld): udp" in sentence


def test_what_will_be_blocked_after_a_boot_is_said_to_be():
    sentence = sentence_about({**BLOCKED, "at": "boot"})
    assert sentence.startswith("bootp-request is blocked after the next boot by 'ip saddr 198.51.100.7 drop' in chain")


def test_a_rule_that_the_kernel_does_not_name_is_not_made_up():
    unnamed = {**BLOCKED, "table": "", "chain": "", "rule": "(no rule of nftables drops it)"}
    assert sentence_about(unnamed) == (
        "bootp-request is blocked (no rule of nftables drops it): udp 198.51.100.7:68 > 192.0.2.10:67"
    )


def test_text_from_a_host_is_one_printable_line():
    assert sentence_about({**BLOCKED, "rule": "a\nb\x1b[31m"}).startswith("bootp-request is blocked by 'a b\ufffd[31m'")
    assert of_flows({"not_rehearsed": "a\nb\x1b[31m"}).not_rehearsed == "a b\ufffd[31m"


def test_the_summary_names_rules_reasons_and_the_remedy():
    fleet = {
        "a": Rehearsal([SENTENCE, SENTENCE], ""),
        "b": Rehearsal([], "no namespaces"),
        "c": SILENT,
        "d": Rehearsal([], "the IP filters of AIX cannot be rehearsed"),
        "e": Rehearsal([], "no namespaces"),
    }
    assert rehearsals.summary(fleet) == [
        f"a: {SENTENCE}; {SENTENCE}",
        "Flows not rehearsed on b, e: no namespaces.",
        "Flows not rehearsed on d: the IP filters of AIX cannot be rehearsed.",
        REMEDY,
    ]
    assert rehearsals.besides_findings(fleet) == rehearsals.summary(fleet)[1:]
    assert rehearsals.blocked_hosts(fleet) == ["a"]
    assert list(rehearsals.reasons(fleet)) == ["b", "d", "e"]


def test_a_fleet_whose_kernels_judged_all_has_no_line():
    assert rehearsals.summary({"a": SILENT, "b": SILENT}) == []


def test_an_audit_lists_rules_that_stop_some_peers_only():
    found = of_flows({"blocked": [{**BLOCKED, "fatal": False}]})
    assert (found.blocked, found.exceptions) == ([SENTENCE], (SENTENCE,))
    assert rehearsals.besides_findings({"a": found}) == [f"a: {SENTENCE}", REMEDY]
    assert of_flows({"blocked": [{**BLOCKED, "fatal": True}]}).exceptions == ()


def test_blocked_flows_alone_call_for_the_remedy_in_an_audit_too():
    assert rehearsals.besides_findings({"a": Rehearsal([SENTENCE], "")}) == [REMEDY]


def test_a_screen_takes_fifty_hosts_and_a_line_three_hundred_letters():
    fleet = {f"a{number}": Rehearsal([SENTENCE] * 5, "") for number in range(60)}
    fleet |= {f"b{number}": Rehearsal([], "no namespaces") for number in range(60)}
    lines = rehearsals.summary(fleet)
    assert len(lines) == 53
    assert lines[0].endswith("… (5 rules)") and len(lines[0]) < 330
    assert lines[50] == "and 10 more hosts with blocked flows"
    assert lines[51].endswith("b49 and 10 more: no namespaces.")
