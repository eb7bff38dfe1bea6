# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX starts them, of an inventory and plays that a test writes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.awx.private_data import Inventory, fill, put
from tests.awx.runner import Runner

from .controller import Controller


def listed(groups: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Inventory:
    """The inventory of these groups, their hosts and what each says of them, as AWX keeps it."""
    hostvars: dict[str, dict[str, Any]] = {}
    for hosts in groups.values():
        for name, variables in hosts.items():
            hostvars.setdefault(name, {}).update(variables)
    return {**{group: {"hosts": [*hosts]} for group, hosts in groups.items()}, "_meta": {"hostvars": hostvars}}


def start(
    controller: Controller,
    folder: Path,
    plays: Sequence[Mapping[str, Any]],
    inventory: Inventory,
    extra_vars: Mapping[str, Any],
    check: bool = False,
) -> Runner:
    """Start a job of these plays."""
    fill(folder, inventory, extra_vars, ["--check"] if check else [])
    put(folder / "project/play.yml", plays)
    return Runner(folder, "play.yml", controller.ansible)
