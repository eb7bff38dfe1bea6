# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX starts them: an inventory, sliced or not, and a playbook of a project, run by ansible-runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.awx.runner import JobRun, Runner, put

from .controller import Controller

Inventory = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Group -> host -> variables."""


def cut(inventory: Inventory, number: int, count: int) -> dict[str, dict[str, Mapping[str, Any]]]:
    """One of a number of slices, the first being number 1: every so manieth host by name, and all groups."""
    names = sorted({name for hosts in inventory.values() for name in hosts})
    here = set(names[number - 1 :: count])
    return {
        group: {name: found for name, found in hosts.items() if name in here} for group, hosts in inventory.items()
    }


class Job:
    """A job that is running."""

    def __init__(
        self,
        controller: Controller,
        folder: Path,
        plays: Sequence[Mapping[str, Any]],
        inventory: Inventory,
        extra_vars: Mapping[str, Any],
        check: bool = False,
    ) -> None:
        hosts = {group: {"hosts": dict(hosts)} for group, hosts in inventory.items()}
        put(folder / "inventory/hosts.json", {"all": {"children": hosts}})
        put(folder / "project/play.yml", plays)
        put(folder / "env/extravars", extra_vars)
        self._runner = Runner(folder, "play.yml", controller.ansible, *(["--cmdline=--check"] if check else []))

    def wait(self) -> JobRun:
        """Wait for the job's end."""
        return self._runner.wait()
