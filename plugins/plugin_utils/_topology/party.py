# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A party: the hosts of one role at one end of a relation, as a host at the other end sees them.

A host that has both roles sees all but itself. So that this costs thousands of them no more than it costs one, a party
without a host is the whole party still, and the host that is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.classes import division
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.coverage import Coverage
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host, Traits


class Whole:
    """All hosts of a party, by name and by class."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self.hosts = {host.name: host for host in hosts}
        self.classes: dict[Traits, list[Host]] = defaultdict(list)
        for host in self.hosts.values():
            self.classes[host.traits].append(host)
        self._without_address = [host for host in self.hosts.values() if not host.known_addresses]
        self._coverages: dict[frozenset[Traits], Coverage] = {}

    def addresses(self, classes: Collection[Traits], out: Host | None) -> list[str]:
        """Return the addresses of some classes but of the host that is left out, aggregated."""
        for host in self._without_address:
            if host is not out and host.traits in classes:
                host.need_address()
        coverage = self._coverage(frozenset(classes))
        return coverage.without(out.known_addresses) if out and out.traits in classes else coverage.addresses

    def _coverage(self, classes: frozenset[Traits]) -> Coverage:
        if classes not in self._coverages:
            self._coverages[classes] = Coverage(
                host.known_addresses for traits in classes for host in self.classes[traits]
            )
        return self._coverages[classes]


class Party:
    def __init__(self, role: str, whole: Whole, out: Host | None = None) -> None:
        self.role = role
        self._whole = whole
        self._out = out
        self.division = division(role, self._classes())

    def __bool__(self) -> bool:
        return bool(self.division.classes)

    @property
    def traits(self) -> tuple[Traits, ...]:
        """What there is among the party, each once."""
        return self.division.classes

    def without(self, name: str) -> Party:
        """Return the party but the host of this name."""
        return Party(self.role, self._whole, self._whole.hosts[name]) if name in self._whole.hosts else self

    def addresses(self, group: str) -> list[str]:
        """Return the addresses of one of the party's groups, aggregated."""
        if group in PSEUDO_PEERS:
            return list(PSEUDO_PEERS[group])
        return self._whole.addresses(self.division.groups[group], self._out)

    def _classes(self) -> tuple[Traits, ...]:
        """The classes, in the order of their first hosts."""
        classes = self._whole.classes
        if self._out is None or classes[self._out.traits][0] is not self._out:
            return tuple(classes)
        return tuple(dict.fromkeys(host.traits for host in self._whole.hosts.values() if host is not self._out))


def party_of(role: str, hosts: Iterable[Host]) -> Party:
    """The party of these hosts."""
    return Party(role, Whole(hosts))
