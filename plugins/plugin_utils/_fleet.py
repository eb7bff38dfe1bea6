# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plans of a fleet: one way in for the action plugin, from variables to plans."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils import _given_topology
from ansible_collections.fleet.ports.plugins.plugin_utils._errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._host import Host
from ansible_collections.fleet.ports.plugins.plugin_utils._matrix import Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._options import Settings
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import Plan, plan_of
from ansible_collections.fleet.ports.plugins.plugin_utils._request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import Topology, Variables, members_of


class Fleet:
    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        role_groups: Mapping[str, Iterable[str]],
        variables: Variables,
        request: Request,
    ) -> None:
        self._role_groups = role_groups
        self._request = request
        members = members_of(groups, role_groups)
        if request.topology is not None:
            members, variables = _given_topology.lay_over(request.topology, groups["all"], members, variables)
        self._topology = Topology(members, variables, request.common)
        self._matrix = Matrix(self._topology, request.peers)

    def plan(self, name: str) -> Plan:
        """The plan of one host, as the task's own options have it."""
        return plan_of(self._as_requested(self._topology.host(name)), self._matrix)

    def plans(self, names: Iterable[str]) -> dict[str, Plan]:
        """The plans of those hosts that have a role."""
        plans = {
            name: plan_of(self._topology.host(name), self._matrix) for name in names if self._topology.roles_of(name)
        }
        if not plans:
            groups = ", ".join(group for groups in self._role_groups.values() for group in groups)
            raise MatrixError(
                f"None of these hosts has a role; put them into one of the groups {groups}, or set fleet_ports_groups."
            )
        return plans

    def _as_requested(self, host: Host) -> Host:
        own = self._request.own
        return dataclasses.replace(
            host,
            assigned_roles=host.assigned_roles if self._request.roles is None else self._request.roles,
            settings=Settings({**host.settings.given, **own.given}),
            known_addresses=own["fleet_ports_addresses"] or host.known_addresses,
        )
