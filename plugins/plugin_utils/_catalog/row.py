# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One row of the catalog: who sends from where to where, when, and on whose word.

A row knows the two *sides* of a relation, its server and its client; which roles these are is for the relation
to say. Ports are literal (``"67"``, ``"32768-65535"``) or the name of something that each host sets for itself,
such as ``"reserved"``: see :mod:`host`.
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
    """What passes in one direction."""

    id: str
    service: str
    phase: str
    protocol: str
    source: End
    destination: End
    # False: passes as the reply to another row, so that a stateful firewall needs no rule for it.
    initiates: bool
    reference: str
    # Conditions that the client of the relation meets, see _host.CONDITIONS.
    when: tuple[str, ...] = ()
    profiles: tuple[str, ...] = PROFILES
    # Why a row that is not in the source's table is needed; None: it is in the table.
    reason: str | None = None

    @property
    def documented(self) -> bool:
        return self.reason is None

    @property
    def routed(self) -> bool:
        """Whether a gateway can pass it on: nothing to or from a pseudo address leaves its network."""
        return self.source.peers is None and self.destination.peers is None


def client(ports: str, peers: str | None = None) -> End:
    return End(CLIENT, ports, peers)


def server(ports: str, peers: str | None = None) -> End:
    return End(SERVER, ports, peers)
