# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rule of iptables-legacy dropped a packet: that one whose counter has grown last, since the kernel cannot trace it."""

import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import is_ip6

_COUNTED = re.compile(r"^\[(\d+):\d+\] (-A (\S+) .*)$")
_POLICY = re.compile(r"^:(\S+) (\S+) \[(\d+):\d+\]$")
_ENDS = re.compile(r"-[jg] (DROP|REJECT|TARPIT|NFQUEUE|QUEUE)\b")

NOT_FOUND = dict(
    table="",
    chain="",
    rule="(none of nftables drops it, yet it does not arrive: look for a rule that redirects it, or for another filter)",
    owner="",
)


def dropping_rule(stage, saved, trial):
    """Return ``{table, chain, rule, owner}`` of the rule that drops the packet of a trial on a stage."""
    family = "ip6" if is_ip6(trial.probe.source) else "ip"
    name = {"ip": "iptables", "ip6": "ip6tables"}[family]
    for command, text in saved:
        is_restoring = command[0].endswith("-restore")
        if is_restoring and filters.is_legacy((command, text)) and filters.family((command, text)) == family:
            program = command[0][: -len("restore")] + "save"
            before = _counters(stage.output([program, "-c"]))
            stage.verdicts([trial])
            after = _counters(stage.output([program, "-c"]))
            for key in reversed(list(after)):
                table, chain, rule = key
                if after[key] > before.get(key, 0):
                    return dict(table=f"{family} {table}", chain=chain, rule=rule, owner=f"{name}-legacy")
    return dict(NOT_FOUND)


def _counters(text):
    """Return ``{(table, chain, rule): packets}`` of rules and policies that drop; rules come after policies."""
    policies, rules, table = {}, {}, ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
        policy, rule = _POLICY.match(line), _COUNTED.match(line)
        if policy and policy.group(2) == "DROP":
            policies[table, policy.group(1), "policy DROP"] = int(policy.group(3))
        if rule and _ENDS.search(rule.group(2)):
            rules[table, rule.group(3), rule.group(2)] = int(rule.group(1))
    return dict(list(policies.items()) + list(rules.items()))
