#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: host_ports
short_description: Bring all ports of a host in order in one remote execution
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Computes the plan of the host on the controller, as M(fleet.ports.port_matrix) does, and carries out its concerns in
    one remote execution, in this order. C(services) is done as by M(fleet.ports.services_entries), C(holds) as by
    M(fleet.ports.port_holds), C(pins) as by M(fleet.ports.rpc_ports), and C(flows) as by M(fleet.ports.firewall_flows).
  - Restores, in the same execution, the concerns that the host has records of and that its plan has no longer.
  - Everything about the host comes from variables, those that M(fleet.ports.port_matrix) reads and those of the roles
    P(fleet.ports.rmcp_services#role), P(fleet.ports.port_blocker#role), P(fleet.ports.nfs_ports#role) and
    P(fleet.ports.nim_firewall#role). A variable that is not set has the default of its role.
  - If the flows are changed, the module is executed a second time, over a new connection, to confirm them. A change that
    is not confirmed is undone by the host itself, see the option O(fleet.ports.firewall_flows#module:confirm_timeout).
    Concerns that the plan has no longer are restored in that second execution.
  - A concern that fails ends the run on the host. What was changed before it is in the message and in the diff. In check
    mode the other concerns are looked at all the same.
requirements:
  - netaddr on the controller
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
  - fleet.ports._confirmed
  - fleet.ports._confirmed.host_ports
options:
  concerns:
    description:
      - Only these concerns are looked at. All others stay as they are, also those that the plan has no longer.
      - The concerns are V(services), V(holds), V(pins) and V(flows). Their verbs V(name), V(hold), V(pin) and V(open) are
        taken as well.
      - The tags of the run narrow them further, if they are among these names.
    type: list
    elements: str
    default: [services, holds, pins, flows]
  state:
    description:
      - With V(present), the host has what its plan says.
      - With V(absent), everything that this collection changed on the host is restored. No plan is computed.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: fleet.ports.port_matrix
  - module: fleet.ports.services_entries
  - module: fleet.ports.port_holds
  - module: fleet.ports.rpc_ports
  - module: fleet.ports.firewall_flows
"""

EXAMPLES = r"""
- name: Bring the ports of the host in order
  fleet.ports.host_ports:

- name: Bring its flows in order and leave everything else as it is
  fleet.ports.host_ports:
    concerns: [flows]

- name: Restore what this collection changed on the host
  fleet.ports.host_ports:
    state: absent
"""

RETURN = r"""
concerns:
  description:
    - The answer of each concern that was looked at, with the return values of its module.
    - A concern that failed has C(failed) and C(msg).
    - C(flows) has, among others, RV(fleet.ports.firewall_flows#module:rehearsed),
      RV(fleet.ports.firewall_flows#module:not_rehearsed) and RV(fleet.ports.firewall_flows#module:blocked).
  returned: always, unless the plan could not be computed
  type: dict
  sample:
    services: {changed: true, differences: [], left: []}
planned:
  description: The concerns that the plan of the host has.
  returned: with O(state=present)
  type: list
  elements: str
  sample: [services, flows]
summary:
  description: What was done on the host, in one line. In check mode it is what would be done.
  returned: always, unless the plan could not be computed
  type: str
  sample: "opened 3 flows, pinned mountd; 2 concerns unchanged; 1 flow blocked"
owned:
  description:
    - The concerns of which this host has a record.
    - In check mode it is what the host has, not what it would have.
  returned: always, unless the plan could not be computed
  type: list
  elements: str
  sample: [services, flows]
diff:
  description: The differences of all concerns.
  returned: when diff mode is on
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.fleet.ports.plugins.module_utils._concerns import host_run

OPTIONS = dict(
    concerns=dict(type="list", elements="str", default=["services", "holds", "pins", "flows"]),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    # What the action plugin computes: see host_run.
    _wanted=dict(type="dict", default={}),
    _restored=dict(type="dict", default={}),
    _confirm_timeout=dict(type="int"),
    _awaits=dict(type="str"),
    _confirms=dict(type="str"),
)


def main():
    host_run.main(AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True), complete)


def complete(spec, options):
    """Return the options of a concern as its argument spec completes and converts them, and what is wrong with them."""
    validated = ArgumentSpecValidator(spec).validate(options)
    return validated.validated_parameters, validated.error_messages


if __name__ == "__main__":
    main()
