# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that pins the NFS daemons of a host: configuration, reserved ports, live values of the kernel.

Computed at once from what the host has and what an earlier run remembers; nothing is changed here.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd, reserved_ports

# ``files`` are marked_blocks.Edits, ``values`` of the running kernel; ``memory`` is the record's content, empty for no record.
Change = collections.namedtuple("Change", "files values memory warnings")

PACKAGES = "nfs-utils (on Debian and Ubuntu nfs-kernel-server or nfs-common, on SUSE nfs-kernel-server or nfs-client)"


def compute(pins, mechanism, memory):
    """Return what must change so that exactly these pins (``{daemon: port}``) are configured."""
    if pins and mechanism is None:
        raise HostError(
            f"This host has neither rpc.mountd nor rpc.statd, so {' and '.join(sorted(pins))} can't be pinned; "
            f"install {PACKAGES}, or set the pins to null."
        )
    ports = sorted(pins.values())
    reservation = reserved_ports.compute(ports, memory.get("reserved", []))
    blocks = (mechanism.blocks(pins) if pins else []) + reservation.blocks
    if "lockd" in pins:
        blocks.append(lockd.options(pins["lockd"]))
    files = marked_blocks.compute(blocks, memory.get("files", {}))
    lockd_values, lockd_memory = lockd.compute(pins.get("lockd"), memory.get("lockd", {}))
    return Change(
        files=files,
        values=reservation.values + lockd_values,
        memory={"files": files.memory, "reserved": reservation.added, "lockd": lockd_memory} if pins else {},
        warnings=files.warnings + reservation.warnings,
    )


def covering(old, new):
    """Return a memory that undoes both."""
    return {
        "files": dict(new.get("files", {}), **old.get("files", {})),
        "reserved": sorted(set(old.get("reserved", [])) | set(new.get("reserved", []))),
        "lockd": dict(old.get("lockd", {}), **new.get("lockd", {})),
    }
