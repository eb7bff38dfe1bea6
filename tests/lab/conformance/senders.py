# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a packet gets on its way: from a host, by its own output and routes, or from a neighbour on its cable."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol

from .namespaces import inside
from .packets import Packet, as_bytes

BROADCAST = "ff:ff:ff:ff:ff:ff"
_ETHERNET_TYPES = {4: b"\x08\x00", 6: b"\x86\xdd"}


class Sender(Protocol):
    """Sends marked packets."""

    def send(self, packet: Packet, mark: int) -> None:
        """Send one."""

    def close(self) -> None:
        """Give the socket back."""


class FromHost:
    """A host itself sends, through its own packet filter, from ports that may be in use."""

    def __init__(self, namespace: Path, version: int) -> None:
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        with inside(namespace):
            self._socket = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, packet: Packet, mark: int) -> None:
        """Send one."""
        self._socket.sendto(as_bytes(packet, mark), (packet.destination, 0))

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


class FromNeighbour:
    """Someone on the segment hands a host a frame, in whosever name: no other packet filter is in between."""

    def __init__(self, namespace: Path, interface: str, mac: str) -> None:
        with inside(namespace):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self._socket.bind((interface, 0))
        self._addresses = bytes.fromhex(mac.replace(":", "")) + self._socket.getsockname()[4]

    def send(self, packet: Packet, mark: int) -> None:
        """Send one."""
        self._socket.send(self._addresses + _ETHERNET_TYPES[packet.version] + as_bytes(packet, mark))

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()
