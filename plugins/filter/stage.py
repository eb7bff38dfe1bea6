# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of one stage of a run over the fleet, for a play's C(hosts)."""

from __future__ import annotations

from ansible import context
from ansible.errors import AnsibleFilterError

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import hosts_of_stage

DOCUMENTATION = r"""
name: stage
short_description: The hosts of one stage of a run over the fleet
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Returns those hosts of the inventory that belong to one stage of a run, for the C(hosts) of a play.
    A host that is in none of the groups of our roles is in no such play and costs nothing, and servers are
    brought in order before the clients that ask them.
  - Groups come from the inventory variable C(fleet_ports_groups), which has to be the same for all hosts; it is read
    from the first host of the inventory.
  - Ansible knows C(hostvars) in the C(hosts) of a play only after an earlier play of the same run has matched a host.
    Put a play on V(all) without tasks before it; that costs nothing. Without it the filter fails.
  - With C(--syntax-check) and with the options that only list no play runs, so that C(hostvars) is never known. For
    their sake give it a default, as the examples do. They then see the groups that roles have by default.
positional: _input, stage, hostvars, scope
options:
  _input:
    description: The variable C(groups).
    type: dict
    required: true
  stage:
    description:
      - V(servers) are the hosts with one of the roles C(nim_master), C(nim_resource_server), C(nim_gateway) and
        C(nfs_server).
      - V(clients) are the hosts with other roles, unless they are servers as well.
      - V(rest) are all hosts that are no servers, those without any role included.
    type: str
    choices: [servers, clients, rest]
    required: true
  hostvars:
    description: The variable C(hostvars), empty if it is not known.
    type: dict
    required: true
  scope:
    description: A pattern; hosts that it does not match are left out.
    type: str
    default: all
"""

EXAMPLES = r"""
- name: Make the inventory's variables known to the plays below
  hosts: all
  gather_facts: false

- name: Servers first
  hosts: "{{ groups | fleet.ports.stage('servers', hostvars | default({})) }}"
  gather_facts: false
  tasks:
    - name: Compute the plan
      fleet.ports.port_matrix:

- name: Then the clients of one site
  hosts: "{{ groups | fleet.ports.stage('clients', hostvars | default({}), 'site_a:!retired') }}"
  gather_facts: false
  tasks:
    - name: Compute the plan
      fleet.ports.port_matrix:
"""

RETURN = r"""
_value:
  description: The names of the hosts, in the order of the inventory. The list can be empty; the play then has no hosts.
  type: list
  elements: str
"""


def stage(groups, name, hostvars, scope="all"):
    """Return the names of the hosts in the stage."""
    if not groups["all"]:
        return []
    first = groups["all"][0]
    try:
        if not hostvars and _runs():
            raise MatrixError("hostvars is not available; add a play for all hosts, without tasks, before this one.")
        hosts = hosts_of_stage(groups, variable_reader.role_groups(hostvars.get(first, {}), first), name)
        if scope == "all":
            return hosts
        in_scope = set(variable_reader.match([scope], groups))
    except MatrixError as error:
        raise AnsibleFilterError(f"fleet.ports.stage: {error}") from error
    return [host for host in hosts if host in in_scope]


def _runs():
    """Whether Ansible runs plays, rather than looks at them."""
    return not any(context.CLIARGS.get(option) for option in ("syntax", "listhosts", "listtasks", "listtags"))


class FilterModule:
    def filters(self):
        return {"stage": stage}
