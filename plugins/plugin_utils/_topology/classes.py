# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The division of the hosts of one role into classes, and of these into groups.

Hosts differ in few ways, so thousands of them are a handful of classes of equal traits. Where a row concerns only some
of them, or finds them on different ports, they form a group with a name of its own, such as ``nim_client/rsh``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import CLIENT, End, Row
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.service_table import TCP, UDP
from ansible_collections.fleet.ports.plugins.plugin_utils._net.port_sets import Ports
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import CONDITIONS, Traits, ports_of, ports_set


@dataclass(frozen=True)
class Part:
    """A group of hosts that a row applies to, and the ports that they use for it."""

    group: str
    ports: Ports


class Division:
    """The classes of a role's hosts. Divisions are compared by identity; :func:`division` creates each only once."""

    def __init__(self, role: str, classes: tuple[Traits, ...]) -> None:
        self.role = role
        self.classes = classes
        # Group -> its classes, of the groups that a row has asked for.
        self.groups: dict[str, list[Traits]] = {role: list(classes)}

    def parts(self, row: Row, end: End, profile: str) -> Iterator[Part]:
        """Yield the parts of the hosts that the row applies to."""
        conditions = row.when if end.side == CLIENT else ()
        concerned = [traits for traits in self.classes if _meets_all(traits, conditions)]
        groups = defaultdict(list)
        for traits, marks in self._marked(concerned, row, end, profile):
            groups["+".join((*self._selective(conditions), *marks))].append(traits)
        for name, classes in groups.items():
            group = f"{self.role}/{name}" if name else self.role
            self.groups.setdefault(group, classes)
            yield Part(end.peers or group, ports_of(end.ports, row.protocol, classes[0], profile))

    def _selective(self, conditions: Iterable[str]) -> list[str]:
        """Return the conditions that only some classes meet."""
        return [name for name in conditions if not all(CONDITIONS[name](traits) for traits in self.classes)]

    @staticmethod
    def _marked(concerned: list[Traits], row: Row, end: End, profile: str) -> Iterator[tuple[Traits, list[str]]]:
        """Yield each class with the marks that distinguish its ports from those of others: a setting, or its holds."""
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


division = cache(Division)


def _meets_all(traits: Traits, conditions: Iterable[str]) -> bool:
    return all(CONDITIONS[name](traits) for name in conditions)


def _held(traits: Traits) -> str:
    """Return what a host holds, as part of a group's name."""
    by_protocol = defaultdict(list)
    for protocol, port in sorted(traits.held):
        by_protocol[protocol].append(str(port))
    texts = {protocol: ",".join(ports) for protocol, ports in by_protocol.items()}
    if set(texts) == {TCP, UDP} and texts[TCP] == texts[UDP]:
        return texts[TCP]
    return "+".join(f"{protocol}-{text}" for protocol, text in texts.items()) or "none"
