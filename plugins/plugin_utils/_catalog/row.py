# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One row of the catalog: source, destination, phase, condition and reference.

A row refers to the two *sides* of a relation, server and client; the relation defines their roles. Ports are literal
(``"67"``, ``"32768-65535"``) or the name of a setting of each host, such as ``"reserved"``: see ``ports_set`` in
``_topology/host.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVER, CLIENT = "server", "client"
DOCUMENTED, WORKING = "documented", "working"
PROFILES = (DOCUMENTED, WORKING)


@dataclass(frozen=True)
class End:
    """One end of a row; ``peers`` names a group of addresses that stands in for those of the role."""

    side: str
    ports: str
    peers: str | None = None


@dataclass(frozen=True)
class Row:
    """A flow in one direction."""

    id: str
    service: str
    phase: str
    protocol: str
    source: End
    destination: End
    # False: a reply to another row, for which a stateful firewall needs no rule.
    initiates: bool
    reference: str
    # Conditions that the client of the relation meets, see CONDITIONS in _topology/host.py.
    when: tuple[str, ...] = ()
    profiles: tuple[str, ...] = PROFILES
    # Why the row is needed, if the source's table does not contain it; None: the table contains it.
    reason: str | None = None

    @property
    def documented(self) -> bool:
        return self.reason is None

    @property
    def routed(self) -> bool:
        """Whether a gateway can forward it; packets to or from a pseudo address do not leave their network."""
        return self.source.peers is None and self.destination.peers is None


def client(ports: str, peers: str | None = None) -> End:
    return End(CLIENT, ports, peers)


def server(ports: str, peers: str | None = None) -> End:
    return End(SERVER, ports, peers)
