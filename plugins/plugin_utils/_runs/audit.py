# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift of one host from its plan, from the results that a run in check mode registered on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import RESULTS
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import (
    Finding,
    Result,
    finding,
    of_leftover,
    of_result,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import MATRIX, UNREADABLE, WHY_UNREADABLE

IN_ORDER, DIFFERS, NOT_AUDITED = STATES = ("in_order", "differs", "not_audited")


class HostDrift(NamedTuple):
    """The state of a host, the state of each of its concerns, and its findings."""

    state: str
    concerns: Mapping[str, str]
    findings: Sequence[Finding]


def host_drift(variables: Mapping[str, object]) -> HostDrift:
    """Return the drift of the host that has these variables; a result in a wrong format leaves only that host out."""
    try:
        return _drift(variables)
    except UNREADABLE:
        return HostDrift(NOT_AUDITED, {}, [finding(None, "unknown", WHY_UNREADABLE)])


def _drift(variables: Mapping[str, object]) -> HostDrift:
    if MATRIX not in variables:
        return HostDrift(NOT_AUDITED, {}, [finding(None, "unknown", "no result was registered for this host")])
    matrix = variables[MATRIX]
    if matrix.get("failed"):
        return HostDrift(NOT_AUDITED, {}, [finding(None, "plan", matrix["msg"])])
    planned = matrix["concerns"]
    results = {concern: variables.get(name, {}) for concern, name in RESULTS.items()}
    missing = {concern: results[concern] for concern in planned if not _is_answer(results[concern])}
    answers = {
        concern: result
        for concern, result in results.items()
        if _is_answer(result) and (concern in planned or concern in result["owned"])
    }

    findings = {concern: list(_findings(concern, planned, answer)) for concern, answer in answers.items()}
    states = {concern: DIFFERS if found else IN_ORDER for concern, found in findings.items()}
    states.update(dict.fromkeys(missing, NOT_AUDITED))
    return HostDrift(
        _worst(states.values()),
        {concern: states[concern] for concern in RESULTS if concern in states},
        [*(each for found in findings.values() for each in found), *_why_missing(missing)],
    )


def _is_answer(result: Result) -> bool:
    """Whether the module itself ran: it always returns the concerns that the host has records of, even if it fails."""
    return isinstance(result.get("owned"), list)


def _findings(concern: str, planned: Sequence[str], answer: Result) -> Iterator[Finding]:
    return of_result(concern, answer) if concern in planned else of_leftover(concern, answer)


def _why_missing(missing: Mapping[str, Result]) -> Iterator[Finding]:
    """Yield why concerns could not be audited; that the host is unreachable is reported once."""
    for result in missing.values():
        if result.get("unreachable") or result.get("timedout"):
            # Some releases of ansible-core begin with this.
            why = str(result["msg"]).removeprefix("Task failed: ")
            yield finding(None, "unreachable", f"could not be reached: {why}")
            return
    for concern, result in missing.items():
        why = result.get("msg", "the run ended before this concern")
        yield finding(concern, "unknown", f"could not be audited: {why}")


def _worst(states: Iterable[str]) -> str:
    found = set(states)
    return next((state for state in (DIFFERS, NOT_AUDITED) if state in found), IN_ORDER)
