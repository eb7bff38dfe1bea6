# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each host in a run, told from what its tasks registered on it, and a few lines about all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._concerns import RESULTS
from ansible_collections.fleet.ports.plugins.plugin_utils._drift import MATRIX

CHANGED, UNCHANGED, FAILED = STATES = ("changed", "unchanged", "failed")

# What a screen takes.
_MOST_HOSTS = 50
_MOST_CHARACTERS = 300


class HostRun(NamedTuple):
    """A host's state, and why it failed if it did."""

    state: str
    why: str


def host_run(variables: Mapping[str, object]) -> HostRun:
    """Return what became of the host that has these variables."""
    matrix = variables.get(MATRIX, {})
    results = [variables[name] for name in RESULTS.values() if name in variables]
    for result in (matrix, *results):
        if result.get("failed") or result.get("unreachable"):
            return HostRun(FAILED, result["msg"])
    # A run that gives hosts back asks for no plan, and for the services of each host at least.
    if len(results) < len(matrix.get("concerns", ["services"])):
        return HostRun(FAILED, "the run ended before it was done with this host")
    return HostRun(CHANGED if any(result["changed"] for result in results) else UNCHANGED, "")


def hosts_in(fleet: Mapping[str, HostRun], state: str) -> list[str]:
    return [host for host, run in fleet.items() if run.state == state]


def counts(fleet: Mapping[str, HostRun]) -> dict[str, int]:
    """Return how many hosts there are, and how many in each state."""
    return {"hosts": len(fleet), **{state: len(hosts_in(fleet, state)) for state in STATES}}


def summary(fleet: Mapping[str, HostRun], predicted: bool) -> list[str]:
    """Return lines for a screen: the numbers, who was changed, then one for each host that failed."""
    number = counts(fleet)
    changed, as_it_was = ("would change", "would stay") if predicted else ("changed", "stayed")
    failed = hosts_in(fleet, FAILED)
    more = len(failed) - _MOST_HOSTS
    return [
        f"{number['hosts']} {'host' if len(fleet) == 1 else 'hosts'}: {number[CHANGED]} {changed}, "
        f"{number[UNCHANGED]} {as_it_was} as they were, {number[FAILED]} failed.",
        *_names(f"{changed.capitalize()}: ", hosts_in(fleet, CHANGED)),
        *(_shortened(f"{host} failed: {fleet[host].why}") for host in failed[:_MOST_HOSTS]),
        *([f"and {more} more hosts that failed"] if more > 0 else []),
    ]


def _names(head: str, hosts: Sequence[str]) -> list[str]:
    more = len(hosts) - _MOST_HOSTS
    return [f"{head}{', '.join(hosts[:_MOST_HOSTS])}{f' and {more} more' if more > 0 else ''}"] if hosts else []


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…"
