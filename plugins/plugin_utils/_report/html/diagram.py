# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagram of flows in the order of an installation: a line for each role, an arrow to the role that is contacted.

Replies are not drawn. All services that one role contacts at another in a phase are one arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow

# From left to right: servers, gateways, clients.
_ORDER = ("nim_master", "nim_resource_server", "nim_gateway", "nim_client", "nfs_server", "nfs_client")

_WIDTH, _GUTTER, _HEAD = 1100, 110, 56
_LINE, _BELOW_LABEL, _BETWEEN_ARROWS, _AROUND_PHASE = 16, 7, 14, 12
# The width of a letter of the labels, in all but the widest fonts.
_LETTER = 7.5
# The number of ports of a service for which a label has room.
_MOST_PORTS = 2

Flows = Mapping[str, set[str]]


@dataclass
class Arrow:
    source: str
    destination: str
    words: list[str]
    start: float
    end: float
    lines: list[str] = field(default_factory=list)
    y: float = 0.0

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def first_line_y(self) -> float:
        return self.y - _BELOW_LABEL - _LINE * (len(self.lines) - 1)


@dataclass
class Band:
    phase: str
    arrows: list[Arrow]
    top: float
    height: float = 0.0


@dataclass
class Diagram:
    roles: dict[str, float]
    bands: list[Band]
    height: float
    width: float = _WIDTH
    head: float = _HEAD
    line: float = _LINE


def diagram_of(rows: Iterable[FlatRow]) -> Diagram | None:
    """Return the positions of all elements, or None if there are no flows."""
    contacts = _contacts(rows)
    roles = _placed({role for _phase, *ends in contacts for role in ends})
    if not roles:
        return None
    bands, top = [], float(_HEAD)
    for phase, of_phase in groupby(contacts, key=lambda key: key[0]):
        arrows = [
            Arrow(source, destination, _words(contacts[phase, source, destination]), roles[source], roles[destination])
            for _phase, source, destination in of_phase
        ]
        band = Band(phase, arrows, top)
        _stack(band)
        bands.append(band)
        top += band.height
    return Diagram(roles, bands, top)


def _contacts(rows: Iterable[FlatRow]) -> dict[tuple[str, str, str], Flows]:
    """Return ``{(phase, source role, destination role): {service: ports}}``, in the order of phases and columns."""
    contacts: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for kind in (row.kind for row in rows if row.kind.initiates):
        services = contacts.setdefault((kind.phase, kind.source_role, kind.destination_role), {})
        services.setdefault(kind.service, set()).add(kind.destination_ports)
    return dict(sorted(contacts.items(), key=_place))


def _place(item: tuple[tuple[str, str, str], Flows]) -> tuple[int, int, int, bool]:
    """Return the sort key: by phase, then by pair of roles, first the arrow from the client to the server."""
    (phase, *ends), _flows = item
    source, destination = map(_ORDER.index, ends)
    return PHASES.index(phase), min(source, destination), max(source, destination), source < destination


def _placed(roles: set[str]) -> dict[str, float]:
    present = [role for role in _ORDER if role in roles]
    step = (_WIDTH - _GUTTER) / max(len(present), 1)
    return {role: _GUTTER + step * (number + 0.5) for number, role in enumerate(present)}


def _words(services: Flows) -> list[str]:
    """Return the services, each with its port if that is a single one."""
    return [" ".join((service, *_single(ports))) for service, ports in services.items()]


def _single(ports: set[str]) -> Iterator[str]:
    single = sorted((port for port in ports if port.isdigit()), key=int)
    if 0 < len(single) <= _MOST_PORTS:
        yield "/".join(single)


def _stack(band: Band) -> None:
    y = band.top + _AROUND_PHASE
    for arrow in band.arrows:
        arrow.lines = list(_wrapped(arrow.words, int(abs(arrow.end - arrow.start) / _LETTER) - 3))
        y += _LINE * len(arrow.lines) + _BELOW_LABEL
        arrow.y = y
        y += _BETWEEN_ARROWS
    band.height = y - band.top


def _wrapped(words: list[str], width: int) -> Iterator[str]:
    """Yield lines of words with commas between them, each with at least one word."""
    line = ""
    for number, word in enumerate(words):
        text = word + ("," if number < len(words) - 1 else "")
        if line and len(line) + 1 + len(text) > width:
            yield line
            line = text
        else:
            line = f"{line} {text}".strip()
    yield line
