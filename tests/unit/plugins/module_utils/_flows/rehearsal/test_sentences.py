# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says: when it refuses and with which sentence, what it warns about, and what the result lists."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sentences
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

REMEDY = (
    "Let the packet pass there, or set nim_firewall_on_blocked (on_blocked of the module) to 'warn' to go on without it."
    " Nothing was changed."
)


def entry(flow="tftp", fatal=True, **changes):
    whole = dict(
        flow=flow, packet="udp 198.51.100.7:1024 > 192.0.2.10:69", interface="eth0", peers=[], hook="input",
        table="inet filter", chain="wan", rule="ip saddr @banned drop", owner="", fatal=fatal,
    )  # fmt: skip
    return dict(whole, **changes)


def found(*blocked, **more):
    return dict(dict(management=[], management_at_boot=[], blocked=list(blocked), blocked_at_boot=[]), **more)


def reject(result, *rest):
    management = result["management"] + result.get("management_at_boot", [])
    sentences.reject(sentences.listed(result), management, *rest)


def warnings(result):
    return sentences.warnings(sentences.listed(result))


def refusal(result, on_blocked="fail"):
    with pytest.raises(HostError) as error:
        reject(result, on_blocked)
    return str(error.value)


def test_where_all_passes_nothing_is_said():
    reject(found(), "fail")
    assert (warnings(found()), sentences.listed(found())) == ([], [])


def test_a_flow_that_cannot_be_opened_is_refused_with_rule_and_remedy():
    assert refusal(found(entry())) == (
        "Flow tftp (udp 198.51.100.7:1024 > 192.0.2.10:69) would not pass: rule 'ip saddr @banned drop' of chain wan in"
        " table inet filter (hook input) drops it. " + REMEDY
    )


def test_the_manager_of_a_table_is_named():
    assert "in table ip filter, managed by iptables (hook input) drops it. Let" in refusal(
        found(entry(table="ip filter", owner="iptables"))
    )


@pytest.mark.parametrize(
    "flows, others",
    [
        (["tftp", "tftp"], "drops it. "),
        (["tftp", "nfs"], "drops it, nor would another flow. "),
        (["tftp", "nfs", "rsh", "nfs"], "drops it, nor would 2 other flows. "),
    ],
)
def test_other_flows_are_counted(flows, others):
    assert others in refusal(found(*map(entry, flows)))


def test_what_is_blocked_after_a_boot_is_refused_too():
    assert " would not pass after the next boot: rule " in refusal(found(blocked_at_boot=[entry()]))


def test_what_only_some_peers_suffer_is_not_refused():
    reject(found(entry(fatal=False), blocked_at_boot=[entry(fatal=False)]), "fail")


def test_who_accepts_blocked_flows_goes_on():
    reject(found(entry(), blocked_at_boot=[entry()]), "warn")


@pytest.mark.parametrize("when", ["management", "management_at_boot"])
@pytest.mark.parametrize("on_blocked", ["fail", "warn"])
def test_a_host_that_could_not_be_managed_is_refused_in_any_case(when, on_blocked):
    connection = entry(packet="tcp 192.0.2.254:50022 > 192.0.2.10:22", rule="policy drop", chain="input")
    assert refusal(found(**{when: [connection]}), on_blocked) == (
        "A new connection to manage this host (tcp 192.0.2.254:50022 > 192.0.2.10:22) would be dropped by rule 'policy"
        " drop' of chain input in table inet filter (hook input); let it pass there first. Nothing was changed."
    )


def test_the_outcome_is_said_where_something_was_undone():
    with pytest.raises(HostError) as error:
        reject(found(entry()), "fail", sentences.UNDONE)
    assert str(error.value).endswith("to go on without it. " + sentences.UNDONE)
    assert sentences.UNDONE != sentences.NOTHING_CHANGED


def test_a_rule_that_is_not_known_is_described():
    assert refusal(found(entry(table="", chain="", rule="(look elsewhere)"))).startswith(
        "Flow tftp (udp 198.51.100.7:1024 > 192.0.2.10:69) would not pass: (look elsewhere) drops it. "
    )


def test_each_rule_is_warned_about_once():
    many = [entry("flow-%d" % number, fatal=False) for number in range(5)]
    other = entry("tftp", False, rule="ip saddr 198.51.100.9 drop", packet="udp 198.51.100.9:1024 > 192.0.2.10:69")
    assert warnings(found(*many, blocked_at_boot=[other])) == [
        "Blocked: flow-0, flow-1, flow-2 and 2 more (such as udp 198.51.100.7:1024 > 192.0.2.10:69), by rule 'ip saddr"
        " @banned drop' of chain wan in table inet filter (hook input). It stays in force.",
        "Blocked after the next boot: tftp (such as udp 198.51.100.9:1024 > 192.0.2.10:69), by rule 'ip saddr"
        " 198.51.100.9 drop' of chain wan in table inet filter (hook input). It stays in force.",
    ]


def test_the_result_says_when_a_flow_is_blocked():
    listed = sentences.listed(found(entry(), blocked_at_boot=[entry("nfs", False)]))
    assert [(each["flow"], each["at"]) for each in listed] == [("tftp", "now"), ("nfs", "boot")]
    assert [each["fatal"] for each in listed] == [True, False]


def test_backends_without_a_boot_have_no_such_entries():
    result = {"management": [], "blocked": [entry(fatal=False)]}
    reject(result, "fail")
    assert len(sentences.listed(result)) == len(warnings(result)) == 1


def test_a_host_that_was_not_rehearsed_says_why():
    assert sentences.not_rehearsed("it has no nft") == (
        "The flows were not rehearsed on this host, because it has no nft: whether packets pass was not seen. Run the"
        " playbook fleet.ports.verify to see it."
    )
