# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift of one host from its plan, from the results that a run in check mode registered on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import (
    Finding,
    Result,
    finding,
    of_leftover,
    of_result,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import (
    HOST_RESULT,
    NO_MESSAGE,
    UNREADABLE,
    WHY_UNREADABLE,
)

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
    result = variables.get(HOST_RESULT)
    if result is None:
        return HostDrift(NOT_AUDITED, {}, [finding(None, "unknown", "no result was registered for this host")])
    if "concerns" not in result:
        concerns = dict.fromkeys(result.get("planned", ()), NOT_AUDITED)
        return HostDrift(NOT_AUDITED, concerns, [_why_missing(result)])
    planned, answers = result["planned"], result["concerns"]
    findings = {name: list(_findings(name, planned, answer)) for name, answer in answers.items()}
    states = {name: DIFFERS if found else IN_ORDER for name, found in findings.items()}
    return HostDrift(_worst(states.values()), states, [each for found in findings.values() for each in found])


def _findings(concern: str, planned: Sequence[str], answer: Result) -> Iterator[Finding]:
    return of_result(concern, answer) if concern in planned else of_leftover(concern, answer)


def _why_missing(result: Result) -> Finding:
    """Return why the host was not audited: its plan failed, or it did not answer."""
    why = result.get("msg", NO_MESSAGE)
    if result.get("unreachable") or result.get("timedout"):
        # Some releases of ansible-core begin with this.
        return finding(None, "unreachable", f"could not be reached: {str(why).removeprefix('Task failed: ')}")
    return finding(None, "unknown" if "planned" in result else "plan", why)


def _worst(states: Iterable[str]) -> str:
    found = set(states)
    return next((state for state in (DIFFERS, NOT_AUDITED) if state in found), IN_ORDER)
