# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plans of a fleet, from variables to plans: the entry point of the action plugins."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import members_of
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import Settings, VariablesOf
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.conflict_checks import Conflict
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan, plan_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import given_topology, topology_file
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.inventory_scope import InventoryScope, detect
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.topology import Topology


class Fleet:
    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        role_groups: Mapping[str, Iterable[str]],
        variables: VariablesOf,
        request: Request,
        scope: InventoryScope = InventoryScope(),
    ) -> None:
        self._groups = groups
        self._role_groups = role_groups
        self._request = request
        members, variables = scope.merge(groups, members_of(groups, role_groups), variables)
        if request.topology is not None:
            scope.need_all("topology")
            members, variables = given_topology.merge(request.topology, groups["all"], members, variables)
        self._topology = Topology(groups, role_groups, members, variables, request.common, scope)
        self._matrix = Matrix(self._topology, request.peers)

    def plan(self, name: str) -> Plan:
        """Return the plan of one host, with the options of the task applied."""
        return plan_of(self._as_requested(self._topology.host(name)), self._matrix)

    def plans(self, names: Collection[str]) -> dict[str, Plan]:
        """Return the plans of those hosts that have a role."""
        plans = {
            name: plan_of(self._topology.host(name), self._matrix) for name in names if self._topology.roles_of(name)
        }
        if not plans:
            self.require_role(names)
        return plans

    def require_role(self, names: Collection[str]) -> None:
        """Raise MatrixError if none of these hosts has a role."""
        if not any(self._topology.roles_of(name) for name in names):
            raise MatrixError(
                f"None of these hosts has a role; {self._way_to_a_role(names)}, or set fleet_ports_groups."
            )

    def conflicts(self, names: Iterable[str], plans: Mapping[str, Plan]) -> dict[str, Iterable[Conflict]]:
        """Return the conflicts of hosts, including hosts without a plan."""
        return {
            name: plans[name]["conflicts"]
            if name in plans
            else list(conflict_checks.of_groups(self._topology.misspelt_groups_of(name)))
            for name in names
        }

    def conflicts_of_inventory(self) -> list[Conflict]:
        """Return the conflicts of the inventory itself."""
        return list(conflict_checks.of_role_groups(self._groups, self._role_groups))

    def topology_document(self, path: str) -> str:
        """Return the text of a topology file for all hosts of the inventory."""
        return topology_file.document(self._topology.members, self._topology.host, path)

    @property
    def hosts_with_role(self) -> int:
        """The number of hosts of the inventory that have a role."""
        return len(self._topology.hosts_with_role)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the addresses and networks of a host, not aggregated as in a plan."""
        return self._topology.host(name).known_addresses

    def system(self, name: str) -> str:
        """Return the operating system of a host, which a plan does not contain."""
        return self._topology.host(name).settings["fleet_ports_system"]

    def _way_to_a_role(self, names: Iterable[str]) -> str:
        for group, meant in (pair for name in names for pair in self._topology.misspelt_groups_of(name)):
            return f"rename the group {group} to {meant}"
        groups = ", ".join(group for groups in self._role_groups.values() for group in groups)
        return f"add them to one of the groups {groups}"

    def _as_requested(self, host: Host) -> Host:
        own = self._request.own
        return dataclasses.replace(
            host,
            assigned_roles=host.assigned_roles if self._request.roles is None else self._request.roles,
            misspelt_groups=host.misspelt_groups if self._request.roles is None else (),
            settings=Settings({**host.settings.given, **own.given}),
            known_addresses=own["fleet_ports_addresses"] or host.known_addresses,
        )


def fleet_of(request: Request, task_vars: Mapping[str, object], template: Callable[[object], object]) -> Fleet:
    """Return the fleet as the host of a task sees it; its variables override those of the inventory."""
    host = task_vars["inventory_hostname"]
    variables_of = variable_reader.reader(task_vars, template)
    variables = variables_of(host)
    scope = _scope_of(request, variables, f"Host {host}")
    return Fleet(task_vars["groups"], variable_reader.role_groups(variables, host), variables_of, request, scope)


def _scope_of(request: Request, variables: Mapping[str, object], where: str) -> InventoryScope:
    if not request.topology_dest:
        return topology_file.scope_of(where, variables)
    scope = detect(where, variables)
    scope.need_all("topology_dest")
    return scope
