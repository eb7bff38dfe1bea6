# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in the way of the sockets that the holder is to have.

The kernel is asked twice. Whether a port is free shows only when one binds it, for a TCP socket that is bound without
listening stands in no table; who has it, the tables under :file:`/proc` say. The trial lasts microseconds, takes no
port from a program that has it, and is one of a port that no program is to have: so it is made in check mode as well.
"""

import collections
import errno

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners, unlisted_sockets
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

MAPPED = "::ffff:"


class Obstacle(collections.namedtuple("Obstacle", "hold owner")):
    """A socket that is not to be had, and who has it; the owner is None where the kernel doesn't tell."""

    def __str__(self):
        if self.owner is None:
            return f"a program that the kernel does not name has {self.hold}"
        return f"{self.owner} has {self.owner.port}/{self.owner.protocol} on {self.owner.address}"


def find(holds, state):
    """Return the obstacles to holding these; what the holder itself has (its state) is none."""
    return [Obstacle(hold, owner) for hold in holds if not _free(hold) for owner in _others(hold, state)]


def _others(hold, state):
    ours = {held.address for held in state.held if (held.protocol, held.port) == (hold.protocol, hold.port)}

    def others(owners):
        return [
            owner
            for owner in owners
            if _overlap(owner.address, hold.address) and not (owner.pid == state.pid and owner.address in ours)
        ]

    found = others(port_owners.owners(hold.port, hold.protocol))
    if not found and hold.protocol == "tcp":
        found = others(unlisted_sockets.owners(hold.port))
    only_ourselves = any(_overlap(address, hold.address) for address in ours)
    return found or ([] if only_ourselves else [None])


def _free(hold):
    try:
        holder.take(hold).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise HostError(f"Cannot bind {hold}: {reason(error)}.")
    return True


def _overlap(taken, wanted):
    """Tell whether a socket on one address may be in the way of a socket on the other."""
    if taken.startswith(MAPPED):
        taken = taken[len(MAPPED):]
    if ":" in wanted:
        return taken == wanted or "::" in (taken, wanted) and ":" in taken
    # A socket on all IPv6 addresses may serve IPv4 as well; the tables don't say.
    return taken in (wanted, "0.0.0.0", "::") or wanted == "0.0.0.0" and ":" not in taken
