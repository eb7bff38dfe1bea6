# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An exchange: software on one host that talks to a service on another, and the packets by which it opens its ways.

What only answers is no opening: it passes as part of the conversation that an opening began.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..fleet import host

PROGRAMS = "/run/exchanges"
# Before a command of an exchange: no longer than this. rpcinfo blocks every other signal.
LIMITED = "timeout -s KILL {patience}"
GATEWAY = "gateway01"
# Where rows are taken out of the plan; nfs01, behind the gateway, keeps all of its own.
FILTERED = ("master01", GATEWAY, "client01", "client02")


@dataclass(frozen=True)
class Way:
    """One packet filter that a packet has to pass: on which host, and whether it is for that host or passes through."""

    host: str
    direction: str


@dataclass(frozen=True)
class Opening:
    """The first packet of a conversation; its ports are all those that the software may choose from."""

    protocol: str
    source: str
    source_ports: str
    destination: str
    destination_ports: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Exchange:
    """A shell command that ends well only if all of the exchange worked, within `{patience}` seconds."""

    name: str
    host: str
    command: str
    openings: tuple[Opening, ...]


@dataclass(frozen=True)
class Service:
    """A server that runs while exchanges are tried, and where it listens, such as `udp 69`."""

    name: str
    host: str
    command: str
    listens: tuple[str, ...]


def opening(protocol: str, source: str, source_ports: str, destination: str, destination_ports: str) -> Opening:
    """From host to host, through the gateway if that lies between them."""
    ends = host(source), host(destination)
    is_routed = ends[0].places[0][0] != ends[1].places[0][0]
    ways = ((Way(GATEWAY, "forward"),) if is_routed else ()) + (Way(destination, "in"),)
    return Opening(protocol, ends[0].address, source_ports, ends[1].address, destination_ports, ways)
