# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pinned ports kept out of ephemeral allocation, in the one list that the kernel has for the whole host.

``net.ipv4.ip_local_reserved_ports`` can only be set as a whole, so the file of fleet.ports repeats the list of the
other files and adds the pins. In the running kernel only the pins are added, and only ports that were added are removed
again.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.marked_blocks import Block
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

KEY = "net.ipv4.ip_local_reserved_ports"
LIVE = "/proc/sys/net/ipv4/ip_local_reserved_ports"

# Its name makes it the last file that is applied.
FILE = "/etc/sysctl.d/zz-fleet.ports.conf"

# blocks: marked_blocks.Block objects; values: sysctl.Change objects; added: the ports that only fleet.ports keeps in
# the list of the running kernel, for the record.
Reservation = collections.namedtuple("Reservation", "blocks values added warnings")


def compute(ports, added):
    """Return the Reservation of the ports; ``added`` are those that an earlier run added to the running kernel."""
    others = [assignment for assignment in sysctl.assignments(KEY) if assignment.path != FILE]
    at_boot = _parse(others[-1].value) if others else []
    live = _parse(sysctl.read(LIVE) or "")

    removed = [port for port in added if port not in ports and not _contains(at_boot, port)]
    kept = _without(live, removed)
    wanted = port_ranges.merge(kept + [(port, port) for port in ports])
    missing_at_boot = [port for port in ports if not _contains(at_boot, port)]
    return Reservation(
        blocks=[_block(at_boot, missing_at_boot)] if missing_at_boot else [],
        values=sysctl.changes(LIVE, _form(wanted)) if wanted != port_ranges.merge(live) else [],
        added=sorted(port for port in ports if port in added or not _contains(live, port)),
        warnings=_overridden(others) if missing_at_boot else [],
    )


def _block(others, ports):
    ranges = port_ranges.merge(others + [(port, port) for port in ports])
    return Block(FILE, marked_blocks.put_last, f"{KEY} = {_form(ranges)}\n")


def _overridden(others):
    """Warn of a file that is applied later and sets the whole list."""
    if not others or not sysctl.is_applied_after(others[-1].path, FILE):
        return []
    return [
        f"{others[-1].path} sets {KEY} after {FILE}, so the pins are not reserved after a boot; move the line to an "
        "earlier file."
    ]


def _parse(text):
    return [port_ranges.parse(part) for part in text.split(",") if part.strip()]


def _form(ranges):
    return ",".join(port_ranges.form(first, last) for first, last in ranges)


def _contains(ranges, port):
    return any(first <= port <= last for first, last in ranges)


def _without(ranges, ports):
    """Return the ranges, cut where one of the ports was."""
    for port in ports:
        below = [(first, min(last, port - 1)) for first, last in ranges]
        above = [(max(first, port + 1), last) for first, last in ranges]
        ranges = [(first, last) for first, last in below + above if first <= last]
    return ranges
