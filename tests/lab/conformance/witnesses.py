# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who sees a packet arrive at a host: on the cable, before its packet filter, or behind it.

A raw socket gets a copy of each packet that the filter lets in, whoever else has the port, or nobody.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from .namespaces import inside
from .packets import HEADER_LENGTHS, PROTOCOLS, Ports, ports_of

_SO_RCVBUFFORCE = 33
_BUFFER = 16 << 20
_ETHERNET_TYPES = {4: 0x0800, 6: 0x86DD}
_PROTOCOL_AT = {4: 9, 6: 6}
_NAMES = {number: name for name, number in PROTOCOLS.items()}


class Delivered:
    """Sees what a host's packet filter let in."""

    def __init__(self, namespace: Path, version: int) -> None:
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        self._skipped = HEADER_LENGTHS[4] if version == 4 else 0  # an IPv6 socket gives what follows the header
        with inside(namespace):
            self._sockets = {name: socket.socket(family, socket.SOCK_RAW, PROTOCOLS[name]) for name in PROTOCOLS}
        for each in self._sockets.values():
            _prepare(each)

    def read(self, mark: int) -> set[Ports]:
        """What has arrived since the last time and bears the mark."""
        return {
            ports
            for name, source in self._sockets.items()
            for data in _waiting(source)
            if (ports := ports_of(name, data[self._skipped :], mark))
        }

    def close(self) -> None:
        """Give the sockets back."""
        for each in self._sockets.values():
            each.close()


class OnCable:
    """Sees what gets as far as a host's interface."""

    def __init__(self, namespace: Path, interface: str, version: int) -> None:
        self._version = version
        with inside(namespace):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
            self._socket.bind((interface, _ETHERNET_TYPES[version]))
        _prepare(self._socket)

    def read(self, mark: int) -> set[Ports]:
        """What has arrived since the last time and bears the mark."""
        return {
            ports
            for data in _waiting(self._socket)
            if (name := _NAMES.get(data[_PROTOCOL_AT[self._version]]))
            and (ports := ports_of(name, data[HEADER_LENGTHS[self._version] :], mark))
        }

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def _prepare(one: socket.socket) -> None:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)


def _waiting(source: socket.socket):
    with suppress(BlockingIOError):
        while True:
            yield source.recv(2048)
