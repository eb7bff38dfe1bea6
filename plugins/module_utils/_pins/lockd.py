# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lockd, which is in the kernel: its ports, and what keeps it from moving to them.

The ports are options of the kernel module, which take effect when it is loaded, and values of the running kernel once
it is loaded. lockd uses them when it starts, with its first user (an NFS server or an NFSv3 mount); it stops with its
last. rpc.statd may overwrite them, when it starts, with those of its own configuration, so the pin is also set there.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_blocks, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.marked_blocks import Block

PORTS = ("/proc/sys/fs/nfs/nlm_tcpport", "/proc/sys/fs/nfs/nlm_udpport")

ANY_PORT = "0"

# Its name makes it the last file that modprobe reads; of several options, the last one counts.
MODULE_OPTIONS = "/etc/modprobe.d/zz-fleet.ports.conf"

MOUNTS = "/proc/self/mounts"


def options(pin):
    """Return the block with the options of the kernel module."""
    text = f"options lockd nlm_tcpport={pin} nlm_udpport={pin}\n"
    return Block(MODULE_OPTIONS, marked_blocks.put_last, text)


def compute(pin, memory):
    """Return ``(values, memory)``: sysctl.Change objects, and the values before the first change, for the record."""
    values, remembered = [], {}
    for path in PORTS:
        live = sysctl.read(path)
        was = memory.get(path, {})
        if pin is not None:
            before = was.get("before", ANY_PORT if live is None else live)
            remembered[path] = {"before": before, "pin": pin}
            if live is not None:
                values += sysctl.changes(path, str(pin))
        elif was and live == str(was["pin"]):
            values += sysctl.changes(path, was["before"])
    return values, remembered


def keeping_mount():
    """Return the mount point of the first NFSv3 mount, which keeps lockd running, or None."""
    # The kernel writes a blank in a name as \\040, so blanks only separate the columns.
    for line in (atomic_file.read(MOUNTS) or b"").decode("utf-8", "replace").split("\n"):
        _source, folder, kind, options = (line.split(" ") + [""] * 3)[:4]
        options = options.split(",")
        if kind == "nfs" and "nolock" not in options and ("vers=3" in options or "vers=2" in options):
            return folder
    return None
