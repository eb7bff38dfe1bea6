# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shrink guard: it stops a run that would remove many peers of a host, such as one that saw a part of the fleet only.

The memory of the packet filter in the record lists the host's present peers. They are counted by their addresses, and a
network counts as at most 256 of them, so that a wide network does not hide the hosts beside it.
"""

import math

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import BROADCAST_ENDS
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

MOST_OF_A_NETWORK = 256

# More than a sentence can carry.
_MOST_NAMED = 5


def check(opening, memories, most):
    """Raise HostError if the opening lacks more than ``most`` per cent of the peers in the memories."""
    if not 0 <= most <= 100:
        raise HostError(f"max_shrink is {most}; set it to a percentage, 0 to 100.")
    had = {network for memory in memories.values() for network in memory.get("peers", ())}
    has = _peers(opening)
    if had.issubset(has):
        return
    total = lost = 0
    names = []
    for size, gone, networks in cidrs.lost(had, has):
        weight = min(size, MOST_OF_A_NETWORK)
        total += weight
        lost += weight * gone / size
        names += networks
    if lost * 100 > most * total:
        some = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
        raise HostError(
            f"This run would remove {math.ceil(lost)} of the {total} peers of this host ({some}), more than {most} %; check"
            " that the inventory is complete, or permit it with -e fleet_ports_max_shrink=100."
        )


def remember(change, opening):
    """Add the peers of the opening to the memory of the change, if it leaves anything on the host."""
    memory = change.report.memory
    if memory is not None:
        change.report = change.report._replace(memory=dict(memory, peers=sorted(_peers(opening))))


def _peers(opening):
    """Return the addresses and networks of all groups that a rule names, as text."""
    groups = {group for rule in opening.rules for group in (rule.source, rule.destination) if group is not None}
    return {
        network for group in groups for networks in opening.peers[group].values() for network in networks
    } - BROADCAST_ENDS
