#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold ports: keep them from all other programs from early boot on, and give them back."""

DOCUMENTATION = r"""
module: port_holds
short_description: Hold ports so that no other program can bind them
version_added: 1.0.0
description:
  - Keeps ports from all other programs, starting at boot before the RPC services. A baseboard management controller
    (BMC) that shares the host's network interface intercepts the packets to its ports, so that a program of the host
    that has bound one of these ports by chance never receives an answer.
  - A program called the holder binds each port exclusively, so that no other socket can be bound to it, not even with
    C(SO_REUSEADDR) and C(SO_REUSEPORT). TCP ports are bound without listening, so that connections are refused. Packets
    to UDP ports are dropped unread.
  - With systemd 246 and later, no process remains. The unit C(fleet-ports-holder.service) binds the sockets, stores
    them in systemd's file descriptor store and ends. With earlier versions of systemd, with OpenRC and with SysV init,
    the holder is a resident process.
  - If O(holds) changes, ports that stay in the list remain bound without interruption.
  - The held ports below 1024 are also listed in C(/etc/bindresvport.blacklist), which is created if C(libtirpc) is
    installed. The rest of this file is left unchanged.
options:
  holds:
    description:
      - All ports that this host has to hold. A port that an earlier run held and that is no longer listed is freed.
      - An empty list means no ports, which is the same as O(state=absent).
    type: list
    elements: dict
    default: []
    suboptions:
      port:
        description: Port, V(1) to V(65535).
        type: int
        required: true
      protocol:
        description: Protocol.
        type: str
        choices: [tcp, udp]
        required: true
  addresses:
    description:
      - Hold the ports on these IPv4 and IPv6 addresses only, so that the host can use them on its other addresses.
      - The addresses are bound early at boot, before their interface is up.
      - An empty list means all addresses, IPv4 and IPv6.
      - A program that binds a port on all addresses, as RPC programs do, does not get a port that is held on one.
      - Mutually exclusive with O(interface).
    type: list
    elements: str
    default: []
  interface:
    description:
      - Hold the ports on the present addresses of this interface only, without its IPv6 link-local addresses.
      - The addresses are read at each run and stored for the next boot. After a change of the interface's addresses,
        run the module again.
      - Mutually exclusive with O(addresses).
    type: str
  restart_conflicting_daemons:
    description:
      - If a well-known RPC daemon (such as C(rpc.statd), C(ypbind), C(rpc.mountd), C(sm-notify) or C(rpcbind)) has
        bound one of the ports by chance, stop it, hold the port, and start the daemon again.
      - If V(false), and for all other programs, the module fails without changing anything. Its message names the
        program, its process and its unit.
    type: bool
    default: true
  state:
    description:
      - With V(present), the ports are held.
      - With V(absent), the ports are freed and everything that this module has changed on the host is restored.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
notes:
  - Needs root (C(become=true)), also in check mode.
  - The holder is run by the system's own Python, never by the Python of a virtual environment.
  - Ports of other network namespaces, such as those of containers, are not held.
  - To find out whether a port is free, the module binds it for some microseconds, also in check mode.
  - If an upgrade of this collection changes the program of the holder, a resident holder is restarted, which frees the
    ports for a fraction of a second. With systemd 246 and later, the ports remain bound.
seealso:
  - module: fleet.ports.services_entries
  - name: systemd's file descriptor store
    description: How systemd keeps sockets for a service.
    link: https://systemd.io/FILE_DESCRIPTOR_STORE/
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Hold the ports of the baseboard management controller
  fleet.ports.port_holds:
    holds:
      - {port: 623, protocol: udp}
      - {port: 623, protocol: tcp}
      - {port: 664, protocol: udp}
      - {port: 664, protocol: tcp}

- name: Hold a port on the address of the shared interface only
  fleet.ports.port_holds:
    holds:
      - port: 623
        protocol: udp
    addresses:
      - 192.0.2.10
      - 2001:db8::10

- name: Give the ports back
  fleet.ports.port_holds:
    state: absent
"""

RETURN = r"""
held:
  description: The sockets that the holder has after this run; in check mode, those that it would have.
  returned: success
  type: list
  elements: dict
  contains:
    port:
      description: Port.
      type: int
    protocol:
      description: Protocol.
      type: str
    address:
      description: Address; V(0.0.0.0) and V(::) mean all IPv4 and all IPv6 addresses.
      type: str
  sample: [{"address": "0.0.0.0", "port": 623, "protocol": "udp"}]
conflicting_daemons:
  description:
    - One sentence for each RPC daemon that had bound one of the ports and was restarted for that reason.
    - In check mode, those that would be restarted.
  returned: success
  type: list
  elements: str
  sample: ["rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"]
restarted:
  description:
    - The services that were stopped while the holder was started, and started again afterwards.
    - In check mode, those that would be restarted.
  returned: success
  type: list
  elements: str
  sample: ["rpc-statd.service"]
differences:
  description:
    - The differences between the host and the options before this run, in a short form for reports on many hosts. They
      are returned without diff mode as well.
    - In check mode, these are the changes that a run would make.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that are present and should not be.
      type: dict
      contains:
        count:
          description: The number of lines.
          type: int
        lines:
          description: The first ten lines.
          type: list
          elements: str
    missing:
      description: Lines that should be present and are not, with the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: the holder
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["holds 664/udp on 0.0.0.0"]}
owned:
  description:
    - The concerns that fleet.ports manages on this host; V(holds) is one of them if this module holds ports.
    - In check mode, those that it manages at present.
  returned: success, and failure because of the state of the host
  type: list
  elements: str
  sample: ["services", "holds"]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._holds import concern
from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module


def main():
    module = AnsibleModule(
        argument_spec=concern_module.argument_spec(concern),
        mutually_exclusive=concern.MUTUALLY_EXCLUSIVE,
        supports_check_mode=True,
    )
    concern_module.run(module, concern)


if __name__ == "__main__":
    main()
