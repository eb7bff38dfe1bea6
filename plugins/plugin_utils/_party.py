# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A party: the hosts of one role at one end of a relation, and the groups they fall into.

Hosts differ in few ways, so a party of thousands is a handful of classes of equal traits. Where a row concerns only
some of them, or finds them on different ports, they form a group with a name of its own, such as ``nim_client/rsh``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils import _addresses
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._host import CONDITIONS, Host, Traits, ports_of, ports_set
from ansible_collections.fleet.ports.plugins.plugin_utils._port_sets import Ports
from ansible_collections.fleet.ports.plugins.plugin_utils._row import CLIENT, End, Row
from ansible_collections.fleet.ports.plugins.plugin_utils._services import TCP, UDP


@dataclass(frozen=True)
class Part:
    """Those of a party whom a row concerns and who use these ports for it."""

    group: str
    ports: Ports


class Party:
    def __init__(self, role: str, hosts: Iterable[Host]) -> None:
        self.role = role
        self._classes: dict[Traits, list[Host]] = defaultdict(list)
        for host in hosts:
            self._classes[host.traits].append(host)
        self._groups: dict[str, list[Traits]] = {role: list(self._classes)}
        self._addresses = {group: list(networks) for group, networks in PSEUDO_PEERS.items()}

    def __bool__(self) -> bool:
        return bool(self._classes)

    @property
    def traits(self) -> list[Traits]:
        """What there is among the party, each once."""
        return list(self._classes)

    def addresses(self, group: str) -> list[str]:
        """Return the addresses of one of the party's groups, aggregated."""
        if group not in self._addresses:
            self._addresses[group] = _addresses.aggregate(
                address
                for traits in self._groups[group]
                for host in self._classes[traits]
                for address in host.addresses
            )
        return self._addresses[group]

    def parts(self, row: Row, end: End, profile: str) -> Iterator[Part]:
        """Yield the parts that the row has for this party, none if it concerns none of its hosts."""
        conditions = row.when if end.side == CLIENT else ()
        concerned = [traits for traits in self._classes if _meets_all(traits, conditions)]
        groups = defaultdict(list)
        for traits, marks in self._marked(concerned, row, end, profile):
            groups["+".join((*self._selective(conditions), *marks))].append(traits)
        for name, classes in groups.items():
            group = f"{self.role}/{name}" if name else self.role
            self._groups.setdefault(group, classes)
            yield Part(end.peers or group, ports_of(end.ports, row.protocol, classes[0], profile))

    def _selective(self, conditions: Iterable[str]) -> list[str]:
        """Return the conditions that not everyone in the party meets."""
        return [name for name in conditions if not all(CONDITIONS[name](traits) for traits in self._classes)]

    @staticmethod
    def _marked(concerned: list[Traits], row: Row, end: End, profile: str) -> Iterator[tuple[Traits, list[str]]]:
        """Yield each class with what tells its ports from those of the others: a setting, or what it holds."""
        settings = {traits: ports_set(end.ports, traits) for traits in concerned}
        ports = {(settings[traits], ports_of(end.ports, row.protocol, traits, profile)) for traits in concerned}
        settings_differ = len(set(settings.values())) > 1
        holds_matter = len(ports) > len(set(settings.values()))
        for traits in concerned:
            marks = []
            if settings_differ:
                marks.append(f"{end.ports}-{','.join(settings[traits])}")
            if holds_matter:
                marks.append(f"holding-{_held(traits)}")
            yield traits, marks


def _meets_all(traits: Traits, conditions: Iterable[str]) -> bool:
    return all(CONDITIONS[name](traits) for name in conditions)


def _held(traits: Traits) -> str:
    """What a host holds, as part of a group's name."""
    by_protocol = defaultdict(list)
    for protocol, port in sorted(traits.held):
        by_protocol[protocol].append(str(port))
    texts = {protocol: ",".join(ports) for protocol, ports in by_protocol.items()}
    if set(texts) == {TCP, UDP} and texts[TCP] == texts[UDP]:
        return texts[TCP]
    return "+".join(f"{protocol}-{text}" for protocol, text in texts.items()) or "none"
