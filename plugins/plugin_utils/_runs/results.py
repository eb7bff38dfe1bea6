# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each host in a run, told from what its tasks registered on it, and a few lines about all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited, printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import RESULTS
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import states
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import MATRIX
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.states import (
    MOST_HOSTS,
    UNREADABLE,
    WHY_UNREADABLE,
    hosts_in,
    on_a_screen,
    shortened,
)

CHANGED, UNCHANGED, FAILED = STATES = ("changed", "unchanged", "failed")


class HostRun(NamedTuple):
    """A host's state, and why it failed if it did."""

    state: str
    why: str


def host_run(variables: Mapping[str, object]) -> HostRun:
    """Return what became of the host that has these variables; what it answers keeps the summary from no other."""
    try:
        return _told(variables)
    except UNREADABLE:
        return HostRun(FAILED, WHY_UNREADABLE)


def _told(variables: Mapping[str, object]) -> HostRun:
    matrix = variables.get(MATRIX, {})
    registered = [variables[name] for name in RESULTS.values() if name in variables]
    # What a host has nothing to do with is skipped there.
    results = [result for result in registered if not result.get("skipped")]
    for result in (matrix, *results):
        if result.get("failed") or result.get("unreachable"):
            return HostRun(FAILED, str(result.get("msg", "it failed and did not say why")))
    # A run that gives hosts back asks for no plan, and for the services of each host at least.
    if len(results) < len(matrix.get("concerns", ["services"])):
        return HostRun(FAILED, "the run ended before it was done with this host")
    return HostRun(CHANGED if any(result["changed"] for result in results) else UNCHANGED, "")


def counts(fleet: Mapping[str, HostRun]) -> dict[str, int]:
    return states.counts(fleet, STATES)


def summary(fleet: Mapping[str, HostRun], predicted: bool) -> list[str]:
    """Return lines for a screen: the numbers, who was changed, then one for each host that failed."""
    number = counts(fleet)
    changed, as_it_was = ("would change", "would stay") if predicted else ("changed", "stayed")
    names = hosts_in(fleet, CHANGED)
    return [
        f"{number['hosts']} {'host' if len(fleet) == 1 else 'hosts'}: {number[CHANGED]} {changed}, "
        f"{number[UNCHANGED]} {as_it_was} as they were, {number[FAILED]} failed.",
        *([f"{changed.capitalize()}: {printable(join_limited(names, MOST_HOSTS))}"] if names else []),
        *on_a_screen([_failure(host, fleet[host]) for host in hosts_in(fleet, FAILED)], "hosts that failed"),
    ]


def _failure(host: str, run: HostRun) -> str:
    return shortened(printable(" ".join(f"{host} failed: {run.why}".split())))
