# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run summaries: hosts by state, as numbers, as names and as lines for a screen.

A host's state is computed from the results that the tasks of the run registered on the host.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

# The variable in which the playbooks register the result of host_ports.
HOST_RESULT = "fleet_ports_host"

# A screen shows at most so many hosts, and so many characters of each.
MOST_HOSTS = 50
_MOST_CHARACTERS = 300

# What reading a result raises that no module of fleet.ports returns, and what is then reported of its host.
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
WHY_UNREADABLE = "the registered result has not the format of a fleet.ports module"

NO_MESSAGE = "the task failed without a message"


class HostState(Protocol):
    state: str


def counts(fleet: Mapping[str, HostState], states: Iterable[str]) -> dict[str, int]:
    """Return how many hosts there are, and how many in each state."""
    number = Counter(host.state for host in fleet.values())
    return {"hosts": len(fleet), **{state: number[state] for state in states}}


def hosts_in(fleet: Mapping[str, HostState], state: str) -> list[str]:
    return [name for name, host in fleet.items() if host.state == state]


def hosts_by_state(fleet: Mapping[str, HostState], states: Iterable[str]) -> dict[str, list[str]]:
    return {state: hosts_in(fleet, state) for state in states}


def limited(lines: Sequence[str], others: str) -> list[str]:
    """Return the first lines, each about one host, and a line with the number of the omitted ones."""
    more = len(lines) - MOST_HOSTS
    return [*lines[:MOST_HOSTS], *([f"and {more} more {others}"] if more > 0 else [])]


def shortened(line: str, note: str = "") -> str:
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…{note}"
