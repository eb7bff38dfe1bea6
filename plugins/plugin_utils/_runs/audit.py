# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far one host is from its plan, told from what a run in check mode registered on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import RESULTS
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import findings as _drift_findings
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import Finding, Result, finding
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.states import UNREADABLE, WHY_UNREADABLE

# The variable in which the playbook finds the plan.
MATRIX = "fleet_ports_matrix"

IN_ORDER, DIFFERS, NOT_AUDITED = STATES = ("in_order", "differs", "not_audited")


class HostDrift(NamedTuple):
    """A host's state, that of each of its concerns, and what was found."""

    state: str
    concerns: Mapping[str, str]
    findings: Sequence[Finding]


def host_drift(variables: Mapping[str, object]) -> HostDrift:
    """Return the drift of the host that has these variables.

    One that answers what no module of ours would is a host that nobody looked at, and keeps the report from no other.
    """
    try:
        return _told(variables)
    except UNREADABLE:
        return HostDrift(NOT_AUDITED, {}, [finding(None, "unknown", WHY_UNREADABLE)])


def _told(variables: Mapping[str, object]) -> HostDrift:
    if MATRIX not in variables:
        return HostDrift(NOT_AUDITED, {}, [finding(None, "unknown", "no run looked at this host before this report")])
    matrix = variables[MATRIX]
    if matrix.get("failed"):
        return HostDrift(NOT_AUDITED, {}, [finding(None, "plan", matrix["msg"])])
    planned = matrix["concerns"]
    results = {concern: variables.get(name, {}) for concern, name in RESULTS.items()}
    silent = {concern: results[concern] for concern in planned if not _is_answer(results[concern])}
    answers = {
        concern: result
        for concern, result in results.items()
        if _is_answer(result) and (concern in planned or concern in result["owned"])
    }

    findings = {concern: list(_findings(concern, planned, answer)) for concern, answer in answers.items()}
    states = {concern: DIFFERS if found else IN_ORDER for concern, found in findings.items()}
    states.update(dict.fromkeys(silent, NOT_AUDITED))
    return HostDrift(
        _worst(states.values()),
        {concern: states[concern] for concern in RESULTS if concern in states},
        [*(each for found in findings.values() for each in found), *_excuses(silent)],
    )


def _is_answer(result: Result) -> bool:
    """Whether the module itself answered, be it with an error; it then always says what the host has records of."""
    return isinstance(result.get("owned"), list)


def _findings(concern: str, planned: Sequence[str], answer: Result) -> Iterator[Finding]:
    about = _drift_findings.of_result if concern in planned else _drift_findings.of_leftover
    return about(concern, answer)


def _excuses(silent: Mapping[str, Result]) -> Iterator[Finding]:
    """Yield why some concerns could not be looked at; that nobody is there is said once."""
    for result in silent.values():
        if result.get("unreachable") or result.get("timedout"):
            # Some releases of ansible-core begin with what the report has just said.
            why = str(result["msg"]).removeprefix("Task failed: ")
            yield finding(None, "unreachable", f"could not be reached: {why}")
            return
    for concern, result in silent.items():
        yield finding(concern, "unknown", f"could not be looked at: {result.get('msg', 'nobody tried')}")


def _worst(states: Iterable[str]) -> str:
    found = set(states)
    return next((state for state in (DIFFERS, NOT_AUDITED) if state in found), IN_ORDER)
