# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lockd, which is in the kernel: the ports where it binds the next time it starts, and what keeps it from doing so.

At boot ``rpc.statd`` sets the ports from its configuration, before lockd comes up; there is nothing to set as long as
the module is not loaded. lockd starts with the first user, NFS server or NFSv3 mount, and stops with the last.
"""

from ansible_collections.fleet.ports.plugins.module_utils import _atomic_file, _kernel_value

PORTS = ("/proc/sys/fs/nfs/nlm_tcpport", "/proc/sys/fs/nfs/nlm_udpport")

ANY_PORT = "0"

MOUNTS = "/proc/self/mounts"


def compute(pin, memory):
    """Return ``(values, memory)``: what to change in the kernel, and what stood there before our first change."""
    values, remembered = [], {}
    for path in PORTS:
        live = _kernel_value.read(path)
        was = memory.get(path, {})
        if pin is not None:
            before = was.get("before", ANY_PORT if live is None else live)
            remembered[path] = {"before": before, "pin": pin}
            if live is not None:
                values += _kernel_value.change(path, str(pin))
        elif was and live == str(was["pin"]):
            values += _kernel_value.change(path, was["before"])
    return values, remembered


def keeping_mount():
    """Return the first mount that keeps lockd running, whatever the NFS server does; None where there is none."""
    for line in (_atomic_file.read(MOUNTS) or b"").decode("utf-8", "replace").splitlines():
        _source, folder, kind, options = line.split()[:4]
        options = options.split(",")
        if kind == "nfs" and "nolock" not in options and ("vers=3" in options or "vers=2" in options):
            return folder
    return None
