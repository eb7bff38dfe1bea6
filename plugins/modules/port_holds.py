#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold ports: keep them away from every other program from early boot on, and give them back."""

DOCUMENTATION = r"""
module: port_holds
short_description: Hold ports so that no other program can take them
version_added: 1.0.0
description:
  - Keeps ports away from every other program, from before the RPC services start at boot. A baseboard management
    controller (BMC) that shares the host's network interface swallows what arrives on its ports, so that a program of
    the host that got one of them by chance waits for ever.
  - The holder binds each port exclusively, so that no other socket gets in beside it, not even with C(SO_REUSEADDR)
    and C(SO_REUSEPORT). TCP ports are bound without listening, so that a connection is refused; packets to UDP ports
    are dropped unread.
  - With systemd 246 and later no process stays. The unit C(fleet-ports-holder.service) binds the sockets, hands them to
    systemd's file descriptor store and ends. Where systemd is older, and with OpenRC and SysV init, the same program
    stays resident.
  - If O(holds) changes, a port that stays is not let go of for a moment.
  - The held ports below 1024 are also kept in C(/etc/bindresvport.blacklist), which is created where C(libtirpc) is
    installed. Every byte that others wrote into it stays.
options:
  holds:
    description:
      - All ports that this host is to hold. A port that an earlier run held and that is not listed any more is let go.
      - An empty list means none, which is the same as O(state=absent).
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
      - Hold the ports on these addresses only, IPv4 or IPv6, so that other addresses of the host can be used for that
        traffic. An address counts from early boot on, before its interface is up.
      - Empty means every address, of IPv4 and of IPv6.
      - A program that asks for a port on every address, as RPC programs do, doesn't get a port that is held on one.
    type: list
    elements: str
    default: []
  interface:
    description:
      - Hold the ports on the addresses that this interface has now, but for link-local ones of IPv6. They are looked up
        at each run and remembered for the time before the interface is up; an interface that gets another address needs
        another run.
    type: str
  restart_takers:
    description:
      - Whether a well-known RPC daemon (C(rpc.statd), C(ypbind), C(rpc.mountd), C(sm-notify), C(rpcbind) and the like)
        that took one of the ports by chance is stopped, and started again once the port is held.
      - If V(false), and for any other program, the module fails with a sentence that names the program, its process and
        its unit, and changes nothing.
    type: bool
    default: true
  state:
    description: Whether the ports are held, or the host is given back as it was before.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
notes:
  - Needs root (C(become=true)), in check mode as well.
  - The holder is run by the system's own Python, never by that of a virtual environment.
  - The ports of other network namespaces, those of containers for instance, are not held.
  - To see whether a port is free it is bound for some microseconds, in check mode as well.
  - On a host with a resident holder, an upgrade of this collection that changes the holder lets go of the ports for a
    fraction of a second. With systemd 246 and later it doesn't.
seealso:
  - module: fleet.ports.services_entries
  - name: systemd's file descriptor store
    description: How the service manager keeps sockets for a service.
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
  description: The sockets that the holder has after this run, or would have after it in check mode.
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
      description: Address, V(0.0.0.0) and V(::) for every one of its kind.
      type: str
  sample: [{"address": "0.0.0.0", "port": 623, "protocol": "udp"}]
restarted:
  description: The services of RPC daemons that had taken a port and were started again, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: ["rpc-statd.service"]
taken:
  description: Who had one of the ports and was restarted for it, or would be in check mode, a sentence each.
  returned: success
  type: list
  elements: str
  sample: ["rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"]
differences:
  description:
    - What of the host was not as asked for, also without diff mode, short enough for a report on many hosts.
    - In check mode it is what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that are there and should not be.
      type: dict
      contains:
        count:
          description: How many there are.
          type: int
        lines:
          description: The first ten.
          type: list
          elements: str
    missing:
      description: Lines that should be there and are not; it has the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: the holder
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["holds 664/udp on 0.0.0.0"]}
owned:
  description:
    - The concerns of which this host has a record, V(holds) among them if this module holds ports.
    - In check mode it is what the host has, not what it would have.
  returned: success, and if the host is in the way of what is asked for
  type: list
  elements: str
  sample: ["services", "holds"]
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._holds import absent, present as _hold_present
from ansible_collections.fleet.ports.plugins.module_utils._holds.diff import diff
from ansible_collections.fleet.ports.plugins.module_utils._holds.sockets import wanted
from ansible_collections.fleet.ports.plugins.module_utils._host import commands, diffs, host_lock, interfaces, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

HOLD = dict(
    port=dict(type="int", required=True),
    protocol=dict(type="str", choices=["tcp", "udp"], required=True),
)
OPTIONS = dict(
    holds=dict(type="list", elements="dict", default=[], options=HOLD),
    addresses=dict(type="list", elements="str", default=[]),
    interface=dict(type="str"),
    restart_takers=dict(type="bool", default=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
)


def main():
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    try:
        with host_lock.taken(module):
            result = run(module)
    except HostError as error:
        module.fail_json(msg=str(error), owned=records.owned())
    module.exit_json(**result)


def run(module):
    if os.geteuid() != 0:
        raise HostError("Only root may hold ports; use become.")
    record = records.Record("holds")
    present = module.params["state"] == "present" and module.params["holds"]
    result = hold(module, record) if present else give_back(module, record)
    return dict(result, differences=diffs.of_diffs(result["diff"]), owned=records.owned())


def hold(module, record):
    """Parse, read, compute, compare, write."""
    old = record.load()
    sockets = wanted(module.params["holds"], _addresses(module))
    change = _hold_present.compute(commands.run, old, sockets, module.params["restart_takers"])
    changed = _hold_present.needed(change)
    if changed and not module.check_mode:
        _hold_present.apply(change, record, old)
    for warning in change.blacklist.warnings:
        module.warn(warning)
    return dict(
        changed=changed,
        diff=diff(change.edits + change.blacklist.changes, change.state, change.holds),
        held=[dict(socket._asdict()) for socket in change.holds],
        restarted=sorted(set(change.takers).union(change.down)),
        taken=change.taken,
    )


def _addresses(module):
    addresses, interface = module.params["addresses"], module.params["interface"]
    if addresses and interface:
        raise HostError(f"Both 'addresses' and 'interface' ({interface}) are given; hold on one or the other.")
    return interfaces.addresses(commands.run, interface) if interface else addresses


def give_back(module, record):
    """Read, compute, compare, write."""
    nothing = dict(changed=False, diff=[], held=[], restarted=[], taken=[])
    old = record.load()
    if old is None:
        return nothing
    change = absent.compute(commands.run, old)
    if not module.check_mode:
        absent.apply(change, record, old)
    for warning in change.blacklist.warnings:
        module.warn(warning)
    return dict(nothing, changed=True, diff=diff(change.edits + change.blacklist.changes, change.state, []))


if __name__ == "__main__":
    main()
