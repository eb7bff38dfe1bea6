# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scope of a run's inventory: the whole fleet, or a slice of it.

AWX slices a job: each slice runs the playbook for some of the hosts, and its groups and hostvars contain only those. A
plan that is computed in a slice is the same as that of the whole inventory, or an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import Groups, Members
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import RUN_VARIABLES
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import VariablesOf, read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host

# Whether the inventory is a slice. If it is not set, AWX's own variables tell: AWX runs the slices of a job template in
# a workflow that has the template's name.
SLICED = "fleet_ports_sliced"
_TEMPLATE, _WORKFLOW = "awx_job_template_name", "awx_workflow_job_name"

_OR_WHOLE = f"or set {SLICED} to false if this inventory has all hosts"


class InventoryScope:
    """The whole inventory: there are no other hosts."""

    def merge(self, groups: Groups, members: Members, variables: VariablesOf) -> tuple[Members, VariablesOf]:
        """Return members and variables of the whole fleet, given those of this run's inventory."""
        return members, variables

    def check(self, host: Host) -> None:
        """Raise MatrixError if other slices know this host of the inventory with other settings."""

    def need_role(self, role: str) -> None:
        """Raise MatrixError unless all hosts of the role are known."""

    def need_group(self, where: str, group: str) -> None:
        """Raise MatrixError unless all hosts of a group are known; ``where`` is the variable that names it."""

    def need_all(self, option: str) -> None:
        """Raise MatrixError unless this inventory has all hosts, which an option requires."""


class Slice(InventoryScope):
    """A part of the inventory, without a file that describes the rest."""

    def need_role(self, role: str) -> None:
        networks = ", or nim_client_networks to the networks of all clients" if role == "nim_client" else ""
        raise MatrixError(
            f"This inventory is one slice of a fleet, so not all hosts of the role {role} are known. Set "
            f"fleet_ports_topology to the topology.json of fleet.ports.plan{networks}, {_OR_WHOLE}."
        )

    def need_group(self, where: str, group: str) -> None:
        raise MatrixError(
            f"{where} names the group {group}. This inventory is one slice of a fleet, so not all hosts of the group "
            f"are known. Name the hosts themselves, {_OR_WHOLE}."
        )

    def need_all(self, option: str) -> None:
        raise MatrixError(
            f"This inventory is one slice of a fleet, and the option {option} needs the whole inventory. Use it in a "
            f"job without slices, {_OR_WHOLE}."
        )


def detect(where: str, variables: Mapping[str, object]) -> InventoryScope:
    """Return the scope of a run, as far as it is known without a topology file."""
    return Slice() if is_slice(where, variables) else InventoryScope()


def is_slice(where: str, variables: Mapping[str, object]) -> bool | None:
    """Return whether the inventory of this run is a slice; None if no variable tells."""
    sliced = variables[SLICED] if SLICED in variables else values.UNANSWERED
    if sliced != values.UNANSWERED:
        return read_value(where, SLICED, sliced, RUN_VARIABLES[SLICED].read)
    if _WORKFLOW in variables and _TEMPLATE in variables and variables[_WORKFLOW] == variables[_TEMPLATE]:
        return True
    return None
