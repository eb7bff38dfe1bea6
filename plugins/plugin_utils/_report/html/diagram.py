# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who begins to talk to whom, in the order of an installation: a line for each role, an arrow for each flow.

Replies are left out, and what two roles say to each other in a phase is one arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow

# From left to right: who serves, who passes on, who is served.
_ORDER = ("nim_master", "nim_resource_server", "nim_gateway", "nim_client", "nfs_server", "nfs_client")

_WIDTH, _GUTTER, _HEAD = 1100, 110, 56
_LINE, _BELOW_LABEL, _BETWEEN_ARROWS, _AROUND_PHASE = 16, 7, 14, 12
# What a letter of the labels takes at most, in all but the widest fonts.
_LETTER = 7.5
# As many ports of a service as a label has room for.
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
    """Return where everything goes, None where nothing flows."""
    spoken = _spoken(rows)
    roles = _placed({role for _phase, *ends in spoken for role in ends})
    if not roles:
        return None
    bands, top = [], float(_HEAD)
    for phase, of_phase in groupby(spoken, key=lambda key: key[0]):
        arrows = [
            Arrow(source, destination, _words(spoken[phase, source, destination]), roles[source], roles[destination])
            for _phase, source, destination in of_phase
        ]
        band = Band(phase, arrows, top)
        _stack(band)
        bands.append(band)
        top += band.height
    return Diagram(roles, bands, top)


def _spoken(rows: Iterable[FlatRow]) -> dict[tuple[str, str, str], Flows]:
    """(phase, source role, destination role) -> service -> ports, in the order of phases and columns."""
    spoken: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for kind in (row.kind for row in rows if row.kind.initiates):
        services = spoken.setdefault((kind.phase, kind.source_role, kind.destination_role), {})
        services.setdefault(kind.service, set()).add(kind.destination_ports)
    return dict(sorted(spoken.items(), key=_place))


def _place(item: tuple[tuple[str, str, str], Flows]) -> tuple[int, int, int, bool]:
    """Phase by phase; the arrows of two roles beside each other, first the one by which the served asks."""
    (phase, *ends), _flows = item
    source, destination = map(_ORDER.index, ends)
    return PHASES.index(phase), min(source, destination), max(source, destination), source < destination


def _placed(roles: set[str]) -> dict[str, float]:
    present = [role for role in _ORDER if role in roles]
    step = (_WIDTH - _GUTTER) / max(len(present), 1)
    return {role: _GUTTER + step * (number + 0.5) for number, role in enumerate(present)}


def _words(services: Flows) -> list[str]:
    """Each service with its port, where that is one that can be told."""
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
    """Lines of words with commas between, a word at least in each."""
    line = ""
    for number, word in enumerate(words):
        text = word + ("," if number < len(words) - 1 else "")
        if line and len(line) + 1 + len(text) > width:
            yield line
            line = text
        else:
            line = f"{line} {text}".strip()
    yield line
