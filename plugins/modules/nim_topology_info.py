#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read who communicates with whom from the database of a NIM master."""

DOCUMENTATION = r"""
module: nim_topology_info
short_description: Read who communicates with whom from the database of a NIM master
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Returns the machines of the NIM database with their roles, addresses and settings, in the form that
    M(fleet.ports.port_matrix) accepts as O(fleet.ports.port_matrix#module:topology). With it, the database can be the
    source of truth, and the inventory need not repeat it.
  - Runs C(lsnim -l) once on the NIM master and changes nothing. It starts no NIM operation and contacts no client.
  - A machine of type V(standalone), V(diskless), V(dataless), V(wpar) or V(vios) is a NIM client. A machine of type
    V(master) is a NIM master; one of type V(alternate_master) is both a NIM master and a client. The server of a
    resource is a NIM resource server, unless it is a master. Other objects, such as HMCs and managed systems, take no
    part in NIM communication.
  - The addresses are those to which the master resolves the host names of a machine's interfaces. For machines of class
    C(management), they also include the attribute C(ip).
  - Settings that the database does not contain, such as the version of NFS, remain settings of the inventory.
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  diff_mode:
    support: none
    details: The module changes nothing, so there is no difference to show.
  platform:
    description: Target OS or families that can be operated against.
    platforms: aix
    support: full
notes:
  - Requires root (C(become=true)) and the fileset C(bos.sysmgt.nim.master), which contains C(lsnim).
seealso:
  - module: fleet.ports.port_matrix
  - name: lsnim
    description: The command that shows the NIM database.
    link: https://www.ibm.com/docs/en/aix/7.3.0?topic=l-lsnim-command
"""

EXAMPLES = r"""
- name: Read the NIM database
  fleet.ports.nim_topology_info:
  become: true
  register: nim

- name: Compute the plan of this host from the database
  fleet.ports.port_matrix:
    topology: "{{ nim.topology }}"
  register: matrix

- name: Show the clients that the master still reaches by rsh
  ansible.builtin.debug:
    msg: "{{ nim.topology | dict2items | selectattr('value.connect', 'eq', 'shell') | map(attribute='key') }}"

- name: Use the networks of the database as the networks of the clients
  fleet.ports.port_matrix:
    nim_client_networks: "{{ nim.networks.values() | select | list }}"
"""

RETURN = r"""
topology:
  description: The machines that take part in NIM communication, by their names in the database.
  returned: success
  type: dict
  contains:
    type:
      description: Type of the object.
      type: str
    roles:
      description: The machine's roles, V(nim_master), V(nim_client) and V(nim_resource_server).
      type: list
      elements: str
    hostnames:
      description: Host names of its interfaces.
      type: list
      elements: str
    networks:
      description: Networks of its interfaces, by their names in the database.
      type: list
      elements: str
    connect:
      description: How the master reaches a client, V(nimsh) or V(shell), which is NIM's default; V(null) for a master.
      type: str
    variables:
      description: The inventory variables that the database sets for the machine.
      type: dict
  sample:
    master:
      type: master
      roles: [nim_master]
      hostnames: [nim01.example.com]
      networks: [net_a]
      connect: null
      variables:
        fleet_ports_addresses: [192.0.2.10]
        fleet_ports_system: aix
        nim_master_port: "1058"
        nim_registration_port: "1059"
    lpar7:
      type: standalone
      roles: [nim_client, nim_resource_server]
      hostnames: [lpar7.example.com]
      networks: [net_b]
      connect: nimsh
      variables:
        fleet_ports_addresses: [198.51.100.7]
        fleet_ports_system: aix
        nim_communication: nimsh
networks:
  description: The networks, by their names in the database. V(null) if address and mask do not form a network.
  returned: success
  type: dict
  sample:
    net_a: 192.0.2.0/24
    net_b: 198.51.100.0/24
unresolved:
  description:
    - Host names that the master cannot resolve to an address that other hosts can reach, and the machines they belong to.
    - A machine without any address is not part of RV(topology).
  returned: success
  type: list
  elements: dict
  sample:
    - machine: lpar8
      hostname: lpar8.example.com
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._nim import database, machines


def main():
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    try:
        module.exit_json(**run(module))
    except HostError as error:
        module.fail_json(msg=str(error))


def run(module):
    """Read the database, and return the result of the task."""
    found = machines.topology(database.objects(database.read()), database.addresses)
    for warning in found.warnings:
        module.warn(warning)
    return dict(changed=False, topology=found.machines, networks=found.networks, unresolved=found.unresolved)


if __name__ == "__main__":
    main()
