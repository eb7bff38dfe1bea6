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
  - C(mountd), C(lockd) and C(statd) use any free port at each start, which no firewall rule can follow. This module
    configures fixed ports where the installed nfs-utils reads them, keeps these ports out of ephemeral allocation,
    restarts the daemons that are on other ports, and verifies with C(rpcinfo) where each daemon is registered.
  - If a daemon is not at its pin, the module fails and names its port and the program that uses it.
  - The configuration is found by inspecting the installed daemon, not by the name of the distribution. nfs-utils 2.5.3
    and later get a drop-in in C(/etc/nfs.conf.d), 2.1 to 2.5.2 a block at the top of C(/etc/nfs.conf), 1.3 a block at
    the end of C(/etc/default/nfs-common) and C(/etc/default/nfs-kernel-server), or of C(/etc/sysconfig/nfs).
  - lockd is in the kernel. Its pin is also set as an option of the kernel module, in C(/etc/modprobe.d), and in the
    running kernel.
  - C(net.ipv4.ip_local_reserved_ports) is one list for the whole host. Its other ports (in the running kernel, and in
    files below C(sysctl.d)) are kept; the pins are added in the kernel and in a file that is applied last.
  - On AIX, C(mountd) and C(lockd) get a block at the top of C(/etc/services), where they look up their port, and are
    restarted through the System Resource Controller, each only when C(lssrc) reports that it is inoperative. C(statd)
    cannot be pinned there.
  - A daemon that is not listed is not pinned; if an earlier run pinned it, its configuration is restored.
  - A daemon that does not run is configured, but not started. A host without any NFS daemon cannot be pinned.
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
      - The port of the lock manager of the kernel, UDP and TCP, for instance V(4045).
      - C(rpcinfo) calls it C(nlockmgr).
    type: int
  statd:
    description:
      - The port of C(rpc.statd), UDP and TCP, for instance V(4046).
      - C(rpcinfo) calls it C(status).
      - A port is an error on AIX, where statd cannot be pinned; RV(unpinnable) says why.
    type: int
  state:
    description:
      - V(present) pins the daemons that are listed and no other.
      - V(absent) restores the host. Running daemons keep their port until their next start.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Root privileges (C(become=true)) are required, in check mode as well.
  - On Linux, lockd changes its port only when the NFS server of the kernel starts, so C(nfs-server) is restarted if
    lockd is not at its pin, and only then. Clients keep their mounts and reclaim their locks within the grace period of
    the server.
  - On AIX, C(rpc.statd) is restarted with C(rpc.lockd), which needs it, in the order lockd down, statd down, statd up,
    lockd up. If one of them does not stop or start, the module starts what it stopped, then fails and names it. A
    subsystem that stays down is recorded, and started by the next run.
  - An NFSv3 mount on a Linux host keeps lockd at its port. The module then configures the pin, restarts nothing, fails
    and names the mount. The pin takes effect at the next reboot, or with the next run without such mounts.
  - If another program uses the port of a pin, the module fails before anything is changed, in check mode as well.
  - On a host whose C(rpcbind) (on AIX, C(portmap)) does not run, no daemon is registered, and the pins are configured
    only. If it runs, a failing C(rpcinfo) is an error.
seealso:
  - module: fleet.ports.port_matrix
  - name: nfs.conf(5)
    description: Configuration of the NFS daemons.
    link: https://man7.org/linux/man-pages/man5/nfs.conf.5.html
  - name: Kernel documentation of ip_local_reserved_ports
    description: What the list of reserved ports does.
    link: https://docs.kernel.org/networking/ip-sysctl.html
  - name: Network ports used for NIM communication
    description: How IBM pins mountd and lockd, and why statd cannot be pinned.
    link: https://www.ibm.com/support/pages/network-ports-used-nim-communication
"""

EXAMPLES = r"""
- name: Pin the daemons of an NFS server
  fleet.ports.rpc_ports:
    mountd: 20048
    lockd: 4045
    statd: 4046

- name: Pin lockd and statd of a client, for the server's call-backs through a firewall
  fleet.ports.rpc_ports:
    lockd: 4045
    statd: 4046

- name: Pin the daemons of an NFS server that runs AIX
  fleet.ports.rpc_ports:
    mountd: 20048
    lockd: 4045

- name: Restore the host
  fleet.ports.rpc_ports:
    state: absent
"""

RETURN = r"""
mechanism:
  description:
    - Where the pins are configured.
    - On Linux, what the installed nfs-utils reads, V(nfs.conf.d), V(nfs.conf), V(defaults) or V(sysconfig); V(null) if
      no NFS daemon is installed.
    - On AIX, V(services), the services database.
  returned: success
  type: str
  sample: nfs.conf.d
pins:
  description: The pins that are configured, by daemon; V(null) for a daemon that RV(unpinnable) names.
  returned: success
  type: dict
  sample: {mountd: 20048, lockd: 4045, statd: 4046}
unpinnable:
  description: The daemons that cannot be pinned on this operating system, each with the reason; empty on Linux.
  returned: success
  type: dict
  sample: {statd: "statd cannot be bound to a specific port, and will always choose an arbitrary port"}
observed:
  description:
    - The ports at which the daemons are registered with C(rpcbind) (on AIX, C(portmap)), by daemon and protocol, after
      the change; in check mode, the present ones.
    - A daemon that is not registered is left out. Empty if no daemon is pinned, since C(rpcbind) is not asked then.
  returned: success
  type: dict
  sample: {mountd: {tcp: [20048], udp: [20048]}}
restarted:
  description: The units, init scripts or subsystems that were restarted; in check mode, those that would be.
  returned: success
  type: list
  elements: str
  sample: [rpc-statd.service, nfs-server.service]
differences:
  description:
    - What differed on the host from what was asked for, also without diff mode, short enough for a report on many
      hosts.
    - In check mode, what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that exist but should not.
      type: dict
      contains:
        count:
          description: Their number.
          type: int
        lines:
          description: The first ten of them.
          type: list
          elements: str
    missing:
      description: Lines that should exist but do not; the keys are those of RV(differences[].unwanted).
      type: dict
  sample:
    - where: /etc/nfs.conf.d/zz-fleet.ports.conf
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["port=20048"]}
owned:
  description:
    - The concerns that have a record on this host, V(pins) among them if this module pins a daemon.
    - In check mode, those before the change.
  returned: success, and failure that this host causes
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
