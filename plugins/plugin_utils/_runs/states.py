# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of a fleet's hosts, as numbers and as lines for a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

# What a screen takes.
MOST_HOSTS = 50
_MOST_CHARACTERS = 300

# In what it may end to read an answer that none of our modules would give, and what is then said of the host.
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
WHY_UNREADABLE = "its answer is none that our modules would give"


class HostState(Protocol):
    state: str


def counts(fleet: Mapping[str, HostState], states: Iterable[str]) -> dict[str, int]:
    """Return how many hosts there are, and how many in each state."""
    number = Counter(host.state for host in fleet.values())
    return {"hosts": len(fleet), **{state: number[state] for state in states}}


def hosts_in(fleet: Mapping[str, HostState], state: str) -> list[str]:
    return [name for name, host in fleet.items() if host.state == state]


def on_a_screen(lines: Sequence[str], others: str) -> list[str]:
    """Return the first lines, each about a host, and one that says how many more there are of these others."""
    more = len(lines) - MOST_HOSTS
    return [*lines[:MOST_HOSTS], *([f"and {more} more {others}"] if more > 0 else [])]


def shortened(line: str, note: str = "") -> str:
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…{note}"
