# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of a run: which hosts it changed, which were in order before, and which failed and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited, printable
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import host_states
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import (
    HOST_RESULT,
    MOST_HOSTS,
    NO_MESSAGE,
    UNREADABLE,
    WHY_UNREADABLE,
    hosts_in,
    limited,
    shortened,
)

CHANGED, UNCHANGED, FAILED = STATES = ("changed", "unchanged", "failed")


class HostChanges(NamedTuple):
    """A host's state, and why it failed (empty if it did not)."""

    state: str
    why: str


def host_changes(variables: Mapping[str, object]) -> HostChanges:
    """Return the state of the host that has these variables; a result in a wrong format fails that host only."""
    try:
        return _state(variables)
    except UNREADABLE:
        return HostChanges(FAILED, WHY_UNREADABLE)


def _state(variables: Mapping[str, object]) -> HostChanges:
    result = variables.get(HOST_RESULT)
    if result is None:
        return HostChanges(FAILED, "the run ended before this host was finished")
    if result.get("failed") or result.get("unreachable"):
        return HostChanges(FAILED, str(result.get("msg", NO_MESSAGE)))
    return HostChanges(CHANGED if result["changed"] else UNCHANGED, "")


def counts(fleet: Mapping[str, HostChanges]) -> dict[str, int]:
    return host_states.counts(fleet, STATES)


def summary(fleet: Mapping[str, HostChanges], predicted: bool) -> list[str]:
    """Return lines for a screen: the numbers, the changed hosts, then a line for each host that failed."""
    number = counts(fleet)
    changed = "would change" if predicted else "changed"
    names = hosts_in(fleet, CHANGED)
    return [
        f"{number['hosts']} {'host' if len(fleet) == 1 else 'hosts'}: {number[CHANGED]} {changed}, "
        f"{number[UNCHANGED]} unchanged, {number[FAILED]} failed.",
        *([f"{changed.capitalize()}: {printable(join_limited(names, MOST_HOSTS))}"] if names else []),
        *limited([_failure(host, fleet[host]) for host in hosts_in(fleet, FAILED)], "hosts that failed"),
    ]


def _failure(host: str, changes: HostChanges) -> str:
    return shortened(printable(" ".join(f"{host} failed: {changes.why}".split())))
