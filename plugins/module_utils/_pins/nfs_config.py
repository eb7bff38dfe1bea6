# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which configuration the installed NFS daemons read.

It is asked of the program itself, never inferred from the name or the version of a distribution: a release that reads
:file:`/etc/nfs.conf` has this path in it, one that reads the drop-ins beside it has the name of the function that does
so in its messages.
"""

import collections
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_conf, nfs_variables

PROGRAMS = ("/usr/sbin/rpc.statd", "/sbin/rpc.statd", "/usr/sbin/rpc.mountd", "/sbin/rpc.mountd")

READS_NFS_CONF = b"/etc/nfs.conf"
READS_DROP_INS = b"conf_init_dir"

# ``blocks`` maps pins to the blocks that configure them; ``refresh`` names a unit that must run before a restart.
Mechanism = collections.namedtuple("Mechanism", "name blocks refresh")


def find():
    """Return the mechanism of this host, or None where no NFS daemon is installed."""
    installed = [path for path in PROGRAMS if os.path.exists(path)]
    if not installed:
        return None
    program = atomic_file.read(installed[0])
    if READS_NFS_CONF in program:
        if READS_DROP_INS in program:
            return Mechanism("nfs.conf.d", nfs_conf.drop_in, None)
        return Mechanism("nfs.conf", nfs_conf.main_file, None)
    if os.path.exists(nfs_variables.COMMON_DEFAULTS):
        return Mechanism("defaults", nfs_variables.defaults, "nfs-config.service")
    return Mechanism("sysconfig", nfs_variables.sysconfig, "nfs-config.service")
