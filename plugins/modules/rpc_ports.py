#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Give mountd, lockd and statd fixed ports."""

DOCUMENTATION = r"""
module: rpc_ports
short_description: Pin the RPC daemons of NFS to fixed ports
version_added: 1.0.0
author:
  - fleet.ports contributors (!UNKNOWN)
description:
  - C(mountd), C(lockd) and C(statd) take any free port at each start, which no firewall can follow. This module pins
    them through the configuration that the installed nfs-utils really reads, keeps the pins out of ephemeral
    allocation, restarts what is elsewhere, and then asks C(rpcbind) where each daemon is.
  - If a daemon is not where it was pinned, the module fails and says where it is and what has that port.
  - The configuration is found by looking into the installed daemon, not by the name of the distribution. nfs-utils
    2.5.3 and later get a drop-in in C(/etc/nfs.conf.d), 2.1 to 2.5.2 a block at the top of C(/etc/nfs.conf), 1.3 a
    block at the end of C(/etc/default/nfs-common) and C(/etc/default/nfs-kernel-server), or of C(/etc/sysconfig/nfs).
  - lockd is in the kernel. Its pin is also an option of the kernel module, in C(/etc/modprobe.d), and set in the
    running kernel.
  - C(net.ipv4.ip_local_reserved_ports) is one list for the whole host. What others have in it (in the running kernel,
    or in their own files under C(sysctl.d)) is kept; the pins are added in the kernel and in a file that is applied
    last.
  - On AIX, C(mountd) and C(lockd) get a block at the top of C(/etc/services), where they look for their port, and are
    restarted through the System Resource Controller, each only when C(lssrc) says that it is down. C(statd) can't be
    pinned there.
  - A pin that is left out is not set, and is given back if an earlier run set it.
  - A daemon that does not run is configured, not started. A host without any NFS daemon can't be pinned.
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
attributes:
  platform:
    platforms: linux, aix
options:
  mountd:
    description:
      - The port of C(rpc.mountd), UDP and TCP, for instance V(20048).
    type: int
  lockd:
    description:
      - The port of the kernel's lock manager, UDP and TCP, for instance V(4045).
      - C(rpcinfo) calls it C(nlockmgr).
    type: int
  statd:
    description:
      - The port of C(rpc.statd), UDP and TCP, for instance V(4046).
      - C(rpcinfo) calls it C(status).
      - "A port is an error on AIX, where, as IBM says, statd cannot be bound to a specific port, and will always choose
        an arbitrary port. RV(unpinnable) says so too."
    type: int
  state:
    description:
      - V(present) pins the daemons that are given and no other.
      - V(absent) gives the host back as it was. Running daemons keep their port until their next start.
    type: str
    choices: [present, absent]
    default: present
notes:
  - On Linux, lockd only moves when the kernel's NFS server starts, so C(nfs-server) is restarted if lockd is not at
    its pin, and only then. Clients keep their mounts and reclaim their locks within the server's grace period.
  - On AIX, C(rpc.statd) is restarted with C(rpc.lockd), which needs it, in the order lockd down, statd down, statd up,
    lockd up. If one of them does not stop or start, the module starts again what it stopped, fails and says which; what
    stays down is remembered, and started by the next run.
  - An NFSv3 mount of a Linux host's own keeps lockd where it is. The module then restarts nothing, fails and names the
    mount, after the pin was configured; it holds from the next reboot on, or from the next run without such mounts.
  - A port that a program other than these daemons has is refused before anything is changed, also in check mode.
  - Needs root.
seealso:
  - module: fleet.ports.port_matrix
  - name: nfs.conf(5)
    description: Configuration of the NFS daemons.
    link: https://man7.org/linux/man-pages/man5/nfs.conf.5.html
  - name: Kernel documentation of ip_local_reserved_ports
    description: What the list of reserved ports does.
    link: https://docs.kernel.org/networking/ip-sysctl.html
  - name: Network ports used for NIM communication
    description: How IBM pins mountd and lockd, and why statd can't be pinned.
    link: https://www.ibm.com/support/pages/network-ports-used-nim-communication
"""

EXAMPLES = r"""
- name: Pin the daemons of an NFS server
  fleet.ports.rpc_ports:
    mountd: 20048
    lockd: 4045
    statd: 4046

- name: Pin lockd and statd of a client, where the server's call-backs must pass a firewall
  fleet.ports.rpc_ports:
    lockd: 4045
    statd: 4046

- name: Pin the daemons of an NFS server that runs AIX
  fleet.ports.rpc_ports:
    mountd: 20048
    lockd: 4045

- name: Give the host back
  fleet.ports.rpc_ports:
    state: absent
"""

RETURN = r"""
mechanism:
  description:
    - What the installed nfs-utils reads, one of V(nfs.conf.d), V(nfs.conf), V(defaults) and V(sysconfig).
    - On AIX it is V(services), the services database.
    - V(null) on Linux where no NFS daemon is installed.
  returned: success
  type: str
  sample: nfs.conf.d
pins:
  description: The pins that are configured, by daemon; V(null) for a daemon that RV(unpinnable) names.
  returned: success
  type: dict
  sample: {mountd: 20048, lockd: 4045, statd: 4046}
unpinnable:
  description: The daemons that this system can't pin, each with the reason; empty on Linux.
  returned: success
  type: dict
  sample: {statd: "statd cannot be bound to a specific port, and will always choose an arbitrary port"}
observed:
  description:
    - Where rpcbind (on AIX C(portmap)) says that the daemons are, by daemon and protocol, after the change.
    - A daemon that is not registered is left out; in check mode it is where they are now.
  returned: success
  type: dict
  sample: {mountd: {tcp: [20048], udp: [20048]}}
restarted:
  description: The units, init scripts or subsystems that were restarted (in check mode, those that would be).
  returned: success
  type: list
  elements: str
  sample: [rpc-statd.service, nfs-server.service]
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
    - where: /etc/nfs.conf.d/zz-fleet.ports.conf
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["port=20048"]}
owned:
  description: The concerns of which this host has a record, of C(services), C(holds), C(pins) and C(flows).
  returned: success, and if the host is in the way of what is asked for
  type: list
  elements: str
  sample: [pins]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._pins import concern


def main():
    module = AnsibleModule(argument_spec=concern_module.argument_spec(concern), supports_check_mode=True)
    concern_module.run(module, concern)


if __name__ == "__main__":
    main()
