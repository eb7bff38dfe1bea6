# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Ansible role that carries out a concern of a plan."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import ANSIBLE_ROLES

DOCUMENTATION = r"""
name: ansible_role
short_description: The Ansible role that carries out a concern of a plan
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Returns the name of the role, without C(fleet.ports.), for one of the RV(fleet.ports.port_matrix#module:concerns).
positional: _input
options:
  _input:
    description: The concern, one of V(services), V(holds), V(pins) and V(flows).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Compute the plan of the host
  fleet.ports.port_matrix:
  register: my_matrix

- name: Run the roles that the plan asks for
  ansible.builtin.include_role:
    name: "fleet.ports.{{ my_concern | fleet.ports.ansible_role }}"
  loop: "{{ my_matrix.concerns }}"
  loop_control:
    loop_var: my_concern
"""

RETURN = r"""
_value:
  description: The name of the role.
  type: str
"""


def ansible_role(concern):
    """Return the name of the role, without the collection's."""
    if concern not in ANSIBLE_ROLES:
        raise AnsibleFilterError(
            f"fleet.ports.ansible_role: '{concern}' is no concern; the concerns are {', '.join(ANSIBLE_ROLES)}."
        )
    return ANSIBLE_ROLES[concern]


class FilterModule:
    def filters(self):
        return {"ansible_role": ansible_role}
