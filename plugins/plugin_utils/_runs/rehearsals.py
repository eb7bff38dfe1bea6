# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearsals: what the kernels of the hosts judged of the flows that a run opened, and where they did not judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited, one_line, printable
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import (
    HOST_RESULT,
    MOST_HOSTS,
    UNREADABLE,
    limited,
    shortened,
)

_REMEDY = "Run the playbook fleet.ports.verify to test these flows with packets."

# What the entries about one rule have in common.
_RULE = ("rule", "chain", "table", "owner", "at")
_MOST_FLOWS = 3


class Rehearsal(NamedTuple):
    """What a host says: a sentence for each rule that stops flows, and why its kernel did not judge (empty if it did).

    ``exceptions`` are the sentences about rules that stop some peers only, as a quarantine does.
    """

    blocked: Sequence[str]
    not_rehearsed: str
    exceptions: Sequence[str] = ()


SILENT = Rehearsal([], "")


def host_rehearsal(variables: Mapping[str, object]) -> Rehearsal:
    """Return what the host that has these variables says; a result in a wrong format is reported elsewhere."""
    try:
        flows = variables[HOST_RESULT]["concerns"]["flows"]
        blocked = flows.get("blocked", [])
        exceptions = [entry for entry in blocked if not entry.get("fatal", True)]
        return Rehearsal(
            blocked=[sentence(each) for each in by_rule(blocked)],
            not_rehearsed=one_line(flows.get("not_rehearsed", "")),
            exceptions=tuple(sentence(each) for each in by_rule(exceptions)),
        )
    except UNREADABLE:
        return SILENT


def by_rule(blocked: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return the blocked flows of a result as one entry for each rule, with the names of all of its ``flows``."""
    rules: dict[tuple, dict[str, object]] = {}
    for entry in blocked:
        others = {name: value for name, value in entry.items() if name != "flow"}
        rule = rules.setdefault(tuple(entry[name] for name in _RULE), {"flows": [], **others})
        rule["flows"].append(str(entry["flow"]))
    return list(rules.values())


def sentence(rule: Mapping[str, object]) -> str:
    """Return which flows a rule stops, for people; where the kernel names no rule, a remark stands in its place."""
    flows = join_limited(rule["flows"], _MOST_FLOWS)
    verb = "is" if len(rule["flows"]) == 1 else "are"
    when = " after the next boot" if rule["at"] == "boot" else ""
    if not rule["table"]:
        return one_line(f"{flows} {verb} blocked{when} {rule['rule']}: {rule['packet']}")
    owner = f" (managed by {rule['owner']})" if rule["owner"] else ""
    return one_line(
        f"{flows} {verb} blocked{when} by '{rule['rule']}' in chain {rule['chain']} of table {rule['table']}{owner}:"
        f" {rule['packet']}"
    )


def blocked_hosts(fleet: Mapping[str, Rehearsal]) -> list[str]:
    return [host for host, rehearsal in fleet.items() if rehearsal.blocked]


def reasons(fleet: Mapping[str, Rehearsal]) -> dict[str, str]:
    """Return why the kernel did not judge, by host."""
    return {host: rehearsal.not_rehearsed for host, rehearsal in fleet.items() if rehearsal.not_rehearsed}


def summary(fleet: Mapping[str, Rehearsal]) -> list[str]:
    """Return lines for a screen: one for each host with blocked flows, what was not rehearsed, and the remedy."""
    blocked = [_line(host, fleet[host].blocked) for host in blocked_hosts(fleet)]
    return [*limited(blocked, "hosts with blocked flows"), *_unjudged(fleet), *_remedy(fleet)]


def besides_findings(fleet: Mapping[str, Rehearsal]) -> list[str]:
    """Return the lines for an audit: its findings have the flows that are blocked for all of their peers."""
    exceptions = [_line(host, rehearsal.exceptions) for host, rehearsal in fleet.items() if rehearsal.exceptions]
    return [*limited(exceptions, "hosts with blocked peers"), *_unjudged(fleet), *_remedy(fleet)]


def _remedy(fleet: Mapping[str, Rehearsal]) -> list[str]:
    return [_REMEDY] if any(rehearsal != SILENT for rehearsal in fleet.values()) else []


def _unjudged(fleet: Mapping[str, Rehearsal]) -> list[str]:
    """Return a line for each reason why kernels did not judge, with the hosts."""
    hosts: dict[str, list[str]] = {}
    for host, reason in reasons(fleet).items():
        hosts.setdefault(reason, []).append(host)
    return [
        f"Flows not rehearsed on {printable(join_limited(names, MOST_HOSTS))}: {reason}."
        for reason, names in hosts.items()
    ]


def _line(host: str, sentences: Sequence[str]) -> str:
    return shortened(f"{printable(host)}: {'; '.join(sentences)}", f" ({len(sentences)} rules)")
