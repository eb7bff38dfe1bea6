#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read who talks to whom from the database of a NIM master."""

DOCUMENTATION = r"""
module: nim_topology
short_description: Read from the database of a NIM master who talks to whom
version_added: 1.0.0
author: fleet.ports contributors (!UNKNOWN)
description:
  - Returns the machines of the NIM database with their roles, addresses and settings, in the form in which
    M(fleet.ports.port_matrix) takes them as O(fleet.ports.port_matrix#module:topology). So the database can be the
    source of truth, and the inventory need not repeat it.
  - Runs C(lsnim -l) once on the NIM master, and changes nothing. It starts no operation and asks no client.
  - A machine of type V(standalone), V(diskless), V(dataless), V(wpar) or V(vios) is a NIM client. The types V(master)
    and V(alternate_master) are NIM masters, the latter a client as well. The server of a resource is a NIM resource
    server, unless it is a master. Other objects, such as HMCs and managed systems, exchange nothing with NIM.
  - The addresses are those that the master's resolver knows for the host names of a machine's interfaces, and for its
    attribute C(ip), which machines of class C(management) have.
  - What the database does not say, such as the version of NFS, is up to the inventory.
extends_documentation_fragment:
  - fleet.ports._attributes
attributes:
  diff_mode:
    support: none
    details: Nothing is changed, so there is nothing to show.
  platform:
    description: Target OS or families that can be operated against.
    platforms: aix
    support: full
notes:
  - Needs root (C(become=true)), as C(lsnim) does, and the fileset C(bos.sysmgt.nim.master).
seealso:
  - module: fleet.ports.port_matrix
  - name: lsnim
    description: The command that shows the NIM database.
    link: https://www.ibm.com/docs/en/aix/7.3.0?topic=l-lsnim-command
"""

EXAMPLES = r"""
- name: Read the database
  fleet.ports.nim_topology:
  register: nim

- name: Compute the plan of this host from it
  fleet.ports.port_matrix:
    topology: "{{ nim.topology }}"
  register: matrix

- name: Say which clients are still reached by rsh
  ansible.builtin.debug:
    msg: "{{ nim.topology | dict2items | selectattr('value.connect', 'eq', 'shell') | map(attribute='key') }}"

- name: Take the networks of the database for those of the clients
  fleet.ports.port_matrix:
    nim_client_networks: "{{ nim.networks.values() | select | list }}"
"""

RETURN = r"""
topology:
  description: The machines that take part in NIM, by their names in the database.
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
      description: What the inventory would say of the machine.
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
  description: The networks by their names in the database; V(null) where address and mask make no network.
  returned: success
  type: dict
  sample:
    net_a: 192.0.2.0/24
    net_b: 198.51.100.0/24
unresolved:
  description:
    - Host names that the master cannot resolve to an address that others could use, and the machines they belong to.
    - A machine without any address is left out of RV(topology).
  returned: success
  type: list
  elements: dict
  sample:
    - machine: lpar8
      hostname: lpar8.example.com
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._nim import lsnim, machines, resolver


def main():
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    try:
        module.exit_json(**run(module))
    except HostError as error:
        module.fail_json(msg=str(error))


def run(module):
    """Read, and say what it means."""
    objects = lsnim.objects(database())
    found = machines.topology(objects, resolver.resolve)
    for warning in found.warnings:
        module.warn(warning)
    return dict(changed=False, topology=found.machines, networks=found.networks, unresolved=found.unresolved)


def database():
    """Return all objects with all attributes, as lsnim prints them."""
    path = commands.find("lsnim")
    if path is None:
        raise HostError(
            "This host has no lsnim, so it is no NIM master; run nim_topology on the master, "
            "where the fileset bos.sysmgt.nim.master brings it."
        )
    code, output, errors = commands.run([path, "-l"])
    if code != 0:
        complaint = " ".join((errors or output).split()) or f"exit status {code}"
        raise HostError(f"'lsnim -l' failed: {complaint.rstrip('.')}.")
    return output


if __name__ == "__main__":
    main()
