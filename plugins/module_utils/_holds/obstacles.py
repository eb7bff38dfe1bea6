# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which programs prevent the holder from getting its sockets, and which of them may be restarted.

The kernel is asked twice. Only an attempt to bind shows whether a port is free, because a TCP socket that is bound and
does not listen is in no table; the tables under :file:`/proc` show which program has the port. The attempt lasts
microseconds, takes no port from a program that has it, and concerns a port that no program may have. Therefore it is
made in check mode as well.
"""

import collections
import errno

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

MAPPED = "::ffff:"

# services: those of the daemons that have to be stopped for a moment; sentences: which ports those have; closing: the
# holds whose ports closed connections still occupy.
Conflicts = collections.namedtuple("Conflicts", "services sentences closing")


class Obstacle(collections.namedtuple("Obstacle", "hold owner")):
    """A socket that is not available, and the owner of its port; None where the kernel does not tell."""

    def __str__(self):
        if self.owner is None:
            return f"a program that the kernel does not name has {self.hold}"
        return f"{self.owner} has {self.owner.port}/{self.owner.protocol} on {self.owner.address}"


def conflicts(holds, state, daemons, may_restart):
    """Return the Conflicts about these holds; raise HostError for programs that may not be restarted.

    :param state: the State of the holder, whose own sockets are no conflicts.
    :param daemons: the RPC daemons of the host (see :mod:`rpc_daemons`).
    :param may_restart: whether conflicting RPC daemons may be restarted.
    """
    found = [
        obstacle._replace(owner=obstacle.owner and daemons.clarified(obstacle.owner)) for obstacle in find(holds, state)
    ]
    closing = [obstacle.hold for obstacle in found if obstacle.owner and obstacle.owner.closing]
    conflicting = [obstacle for obstacle in found if obstacle.hold not in closing]
    services = _services(conflicting, daemons if may_restart else None)
    return Conflicts(services, sorted({str(obstacle) for obstacle in conflicting}), closing)


def _services(conflicting, daemons):
    services, other = set(), set()
    for obstacle in conflicting:
        service = daemons.service(obstacle.owner) if daemons and obstacle.owner else None
        if service:
            services.add(service)
        else:
            other.add(str(obstacle))
    if other:
        raise HostError(
            f"Cannot hold the ports: {' and '.join(sorted(other))}. Stop the program or configure another port for it, "
            "then run again. The holder was left unchanged."
        )
    return sorted(services)


def find(holds, state):
    """Return the obstacles to these holds; the sockets of the holder itself (its State) are none."""
    return [Obstacle(hold, owner) for hold in holds if not _free(hold) for owner in _others(hold, state)]


def _others(hold, state):
    # Imported only where a port is taken: an import on a host is a compilation.
    from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners, unlisted_sockets

    own = {held.address for held in state.held if (held.protocol, held.port) == (hold.protocol, hold.port)}

    def others(owners):
        return [
            owner
            for owner in owners
            if _overlap(owner.address, hold.address) and not (owner.pid == state.pid and owner.address in own)
        ]

    found = others(port_owners.owners(hold.port, hold.protocol))
    if not found and hold.protocol == "tcp":
        found = others(unlisted_sockets.owners(hold.port))
    only_the_holder = any(_overlap(address, hold.address) for address in own)
    return found or ([] if only_the_holder else [None])


def _free(hold):
    try:
        holder.bind(hold).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise HostError(f"Cannot bind {hold}: {reason(error)}.")
    return True


def _overlap(bound, wanted):
    """Tell whether a socket that is bound to one address may exclude a socket on the other."""
    if bound.startswith(MAPPED):
        bound = bound[len(MAPPED):]
    if ":" in wanted:
        return bound == wanted or "::" in (bound, wanted) and ":" in bound
    # A socket on all IPv6 addresses may serve IPv4 as well; the tables do not tell.
    return bound in (wanted, "0.0.0.0", "::") or wanted == "0.0.0.0" and ":" not in bound
