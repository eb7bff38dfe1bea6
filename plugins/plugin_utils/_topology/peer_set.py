# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Peer sets: the hosts of one role at one end of a relation, as a host at the other end sees them.

A host that has both roles is not its own peer. To make this as cheap for thousands of hosts as for one, a peer set
consists of the set of all hosts, which is shared, and the one host that is excluded from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.classes import division
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.coverage import Coverage
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host, Traits


class AllHosts:
    """All hosts of one role, by name and by class."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self.hosts = {host.name: host for host in hosts}
        self.classes: dict[Traits, list[Host]] = defaultdict(list)
        for host in self.hosts.values():
            self.classes[host.traits].append(host)
        self._without_address = [host for host in self.hosts.values() if not host.known_addresses]
        self._coverages: dict[frozenset[Traits], Coverage] = {}

    def addresses(self, classes: Collection[Traits], excluded_host: Host | None) -> list[str]:
        """Return the addresses of some classes, aggregated, without those of the excluded host."""
        for host in self._without_address:
            if host is not excluded_host and host.traits in classes:
                host.need_address()
        coverage = self._coverage(frozenset(classes))
        if excluded_host and excluded_host.traits in classes:
            return coverage.without(excluded_host.known_addresses)
        return coverage.addresses

    def _coverage(self, classes: frozenset[Traits]) -> Coverage:
        if classes not in self._coverages:
            self._coverages[classes] = Coverage(
                host.known_addresses for traits in classes for host in self.classes[traits]
            )
        return self._coverages[classes]


class PeerSet:
    """The hosts of one role but the excluded one; empty sets are false."""

    def __init__(self, role: str, all_hosts: AllHosts, excluded_host: Host | None = None) -> None:
        self.role = role
        self._all_hosts = all_hosts
        self._excluded_host = excluded_host
        self.division = division(role, self._classes())

    def __bool__(self) -> bool:
        return bool(self.division.classes)

    @property
    def traits(self) -> tuple[Traits, ...]:
        """The traits of its hosts, each once."""
        return self.division.classes

    def without(self, name: str) -> PeerSet:
        """Return the set without the host of this name."""
        excluded = self._all_hosts.hosts.get(name)
        return self if excluded is None else PeerSet(self.role, self._all_hosts, excluded)

    def addresses(self, group: str) -> list[str]:
        """Return the addresses of one of the set's groups, aggregated."""
        if group in PSEUDO_PEERS:
            return list(PSEUDO_PEERS[group])
        return self._all_hosts.addresses(self.division.groups[group], self._excluded_host)

    def _classes(self) -> tuple[Traits, ...]:
        """The classes, in the order of their first hosts."""
        classes = self._all_hosts.classes
        if self._excluded_host is None or classes[self._excluded_host.traits][0] is not self._excluded_host:
            return tuple(classes)
        hosts = self._all_hosts.hosts.values()
        return tuple(dict.fromkeys(host.traits for host in hosts if host is not self._excluded_host))


def peer_set_of(role: str, hosts: Iterable[Host]) -> PeerSet:
    """Return the peer set of these hosts."""
    return PeerSet(role, AllHosts(hosts))
