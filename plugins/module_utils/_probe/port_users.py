# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a port that a probe would need: a holder, a probe of another run, or a service."""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import rendezvous

HOLDER, PROBE, SERVICE = "holder", "probe", "service"


class Occupant(collections.namedtuple("Occupant", "kind text")):
    """Who it is, as the end of a sentence: "port 623/udp is …"."""

    def __str__(self):
        return self.text


def find(place):
    """Return the occupant of a place that can't be bound."""
    if any((hold.protocol, hold.port) == (place.protocol, place.port) for hold in _held()):
        return Occupant(HOLDER, "held (fleet.ports)")
    pid = rendezvous.listener_at(place)
    if pid:
        return Occupant(PROBE, f"in use here by another probe (PID {pid})")
    owners = port_owners.owners(place.port, place.protocol)
    # With several, it is the one that listens where we would have.
    owner = next((owner for owner in owners if owner.address == place.address), owners[0] if owners else None)
    return Occupant(SERVICE, f"in use here by {owner or 'a program that this system does not name'}")


def _held():
    try:
        with open(holder.HELD) as file:
            return holder.parse(file.read())
    except (FileNotFoundError, ValueError):
        return []
