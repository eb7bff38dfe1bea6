# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a port cannot be used for a probe: the port holder, the probe of another run or a service has it."""

import collections
import errno

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import reason
from ansible_collections.fleet.ports.plugins.module_utils._probe import rendezvous

HOLDER, PROBE, SERVICE = "holder", "probe", "service"


class Occupant(collections.namedtuple("Occupant", "kind text")):
    """What occupies a port; ``text`` completes the sentence "port 623/udp is …"."""

    def __str__(self):
        return self.text


def find(endpoint):
    """Return the occupant of an endpoint that cannot be bound."""
    if any((hold.protocol, hold.port) == (endpoint.protocol, endpoint.port) for hold in _held()):
        return Occupant(HOLDER, "held (fleet.ports)")
    pid = rendezvous.listener_at(endpoint)
    if pid:
        return Occupant(PROBE, f"in use here by another probe (PID {pid})")
    owners = port_owners.owners(endpoint.port, endpoint.protocol)
    # Of several owners, the one at this very address is in the way.
    owner = next((owner for owner in owners if owner.address == endpoint.address), owners[0] if owners else None)
    return Occupant(SERVICE, f"in use here by {owner or 'a program that this system does not name'}")


def refusal(error, endpoint):
    """Return, as a part of a sentence, why the system refuses to bind a socket to the endpoint."""
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return f"{endpoint.address} is not an address of this host"
    return f"port {endpoint} of {endpoint.address} cannot be used here: {reason(error)}"


def _held():
    try:
        with open(holder.HELD) as file:
            return holder.parse(file.read())
    except (FileNotFoundError, ValueError):
        return []
