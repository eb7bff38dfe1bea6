# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of the fleet a run sees: the whole inventory, or a slice of it.

AWX slices a job: each slice runs the playbook with some of the hosts, and groups and hostvars have no others. So a plan
in a slice is that of the whole inventory, or an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema, values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.members import Groups, Members, Variables
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host

# Whether the inventory is only a part of the fleet's. If it is not set, what AWX lets know: it runs the slices of a job
# template in a workflow that has the template's name.
SLICED = "fleet_ports_sliced"
_TEMPLATE, _WORKFLOW = "awx_job_template_name", "awx_workflow_job_name"

_IF_NOT = f"or set {SLICED} to false if it has all hosts"


class Sight:
    """What a run sees; here, the whole inventory: whoever is not in it is not in the fleet."""

    def lay_under(self, groups: Groups, members: Members, variables: Variables) -> tuple[Members, Variables]:
        """Return members and variables of the whole fleet, given those of this run's inventory."""
        return members, variables

    def vet(self, host: Host) -> None:
        """Raise MatrixError if the other slices see this host of the inventory as it is not."""

    def need_role(self, role: str) -> None:
        """Raise MatrixError unless all hosts of the role are known."""

    def need_group(self, where: str, group: str) -> None:
        """Raise MatrixError unless all hosts of a group are known, which a variable names."""

    def need_all(self, what: str) -> None:
        """Raise MatrixError unless this inventory has all hosts, which an option asks for."""


class Slice(Sight):
    """A part of the inventory, and nothing that says what the rest is like."""

    def need_role(self, role: str) -> None:
        networks = ", or nim_client_networks to the networks of all clients" if role == "nim_client" else ""
        raise MatrixError(
            f"This inventory is one slice of a fleet's, so that not all hosts of the role {role} are known; set "
            f"fleet_ports_topology to the topology.json of fleet.ports.plan{networks}, {_IF_NOT}."
        )

    def need_group(self, where: str, group: str) -> None:
        raise MatrixError(
            f"{where} names the group {group}, and this inventory is one slice of a fleet's, so that not all of the "
            f"group's hosts are known; name the hosts themselves, {_IF_NOT}."
        )

    def need_all(self, what: str) -> None:
        raise MatrixError(
            f"This inventory is one slice of a fleet's, and the option {what} needs all of it; let a job without "
            f"slices use it, {_IF_NOT}."
        )


def told(where: str, variables: Mapping[str, object]) -> Sight:
    """Return what a run sees, as far as that is known without a topology file."""
    return Slice() if is_slice(where, variables) else Sight()


def is_slice(where: str, variables: Mapping[str, object]) -> bool | None:
    """Return whether this run sees a slice; None if nothing says so."""
    said = variables[SLICED] if SLICED in variables else schema.UNANSWERED
    if said != schema.UNANSWERED:
        return schema.read(where, SLICED, said, values.boolean)
    if _WORKFLOW in variables and _TEMPLATE in variables and variables[_WORKFLOW] == variables[_TEMPLATE]:
        return True
    return None
