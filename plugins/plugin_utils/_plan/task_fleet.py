# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet as the host that runs a task has it: its groups, and its variables before those of the inventory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import slices, variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.slices import Sight
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request


def fleet_of(request: Request, task_vars: Mapping[str, object], template: Callable[[object], object]) -> Fleet:
    host = task_vars["inventory_hostname"]
    read = variable_reader.reader(task_vars, template)
    variables = read(host)
    sight = _sight_of(request, variables, host)
    return Fleet(task_vars["groups"], variable_reader.role_groups(variables, host), read, request, sight)


def _sight_of(request: Request, variables: Mapping[str, object], host: str) -> Sight:
    if not request.topology_dest:
        return variable_reader.sight(variables, host)
    sight = slices.told(f"Host {host}", variables)
    sight.need_all("topology_dest")
    return sight
