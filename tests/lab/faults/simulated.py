# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of AIX, simulated in the process of the run: hundreds of starts cost no time, and a kill hits between them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.fleet.ports.plugins.module_utils._host import commands

from ..aix.host import Host
from .steps import START, Steps

STATE = Path("/var/lib/aix-simulator/state.json")


def simulate(steps: Steps) -> None:
    """Let this process start simulated programs only."""
    host = Host()

    def run(command: list[str], **_options: object) -> tuple[int, str, str]:
        with steps.played(START):
            return tuple(host.run(command)) if host.has(command[0]) else (127, "", "not found")

    commands.run = run
    commands.find = lambda name: name if host.has(name) else None


def _filter(family: str) -> dict[str, Any]:
    return json.loads(STATE.read_text())["filters"][family]


def in_force() -> str:
    """The tables that packets meet."""
    found = {family: _filter(family)["active"] or {} for family in ("4", "6")}
    return json.dumps({family: {**table, "since": 0} for family, table in found.items()}, indent=1, sort_keys=True)


def defined() -> str:
    """The tables that are loaded the next time."""
    return json.dumps({family: _filter(family)["defined"] for family in ("4", "6")}, indent=1, sort_keys=True)


def subsystems() -> str:
    """Which daemons run."""
    return json.dumps({name: bool(found["pid"]) for name, found in
                       sorted(json.loads(STATE.read_text())["subsystems"].items())}, indent=1)


LIVE: dict[str, Callable[[], str]] = {each.__name__: each for each in (in_force, defined, subsystems)}
