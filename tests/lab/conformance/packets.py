# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets as bytes: a UDP datagram or the first packet of a TCP connection, between any two ports.

Each carries a mark, so that whoever sees it knows that it is ours: UDP as its data, TCP as its sequence number.
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
HEADER_LENGTHS = {4: 20, 6: 40}
SYN, ACK = 0x02, 0x10


class Ports(NamedTuple):
    """What tells one packet between two hosts from another."""

    protocol: str
    source: int
    destination: int

    @property
    def back(self) -> Ports:
        """Those of the packet that answers."""
        return Ports(self.protocol, self.destination, self.source)


class Packet(NamedTuple):
    """Who sends what to whom."""

    source: str
    destination: str
    ports: Ports

    @property
    def version(self) -> int:
        """Of the Internet protocol."""
        return 6 if ":" in self.source else 4

    def __str__(self) -> str:
        protocol, source, destination = self.ports
        return f"{protocol} from {self.source} port {source} to {self.destination} port {destination}"


def as_bytes(packet: Packet, mark: int) -> bytes:
    """The whole packet, from its IP header on."""
    family = socket.AF_INET6 if packet.version == 6 else socket.AF_INET
    source, destination = (socket.inet_pton(family, address) for address in packet[:2])
    number = PROTOCOLS[packet.ports.protocol]
    make, checksum_at = (_tcp, 16) if packet.ports.protocol == "tcp" else (_udp, 6)
    body = make(packet.ports, mark)
    summed = _checksum(source + destination + struct.pack("!HH", number, len(body)) + body)
    body = body[:checksum_at] + struct.pack("!H", summed or 0xFFFF) + body[checksum_at + 2 :]
    if packet.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(body), number, 64) + source + destination + body
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, number, 0) + source + destination
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + body


def ports_of(protocol: str, body: bytes, mark: int) -> Ports | None:
    """The ports of a marked packet, or of the answer to one that a peer's kernel gave; None if it's not ours."""
    ports = Ports(protocol, *struct.unpack_from("!HH", body))
    if protocol == "udp":
        return ports if body[8:12] == struct.pack("!I", mark) else None
    sequence, acknowledged, _length, flags = struct.unpack_from("!IIBB", body, 4)
    answers = flags & (SYN | ACK) == SYN | ACK and acknowledged == (mark + 1) & 0xFFFFFFFF
    return ports if answers or flags == SYN and sequence == mark else None


def _tcp(ports: Ports, mark: int) -> bytes:
    return struct.pack("!HHIIBBHHH", ports.source, ports.destination, mark, 0, 5 << 4, SYN, 1024, 0, 0)


def _udp(ports: Ports, mark: int) -> bytes:
    return struct.pack("!HHHHI", ports.source, ports.destination, 12, 0, mark)


def _checksum(data: bytes) -> int:
    """RFC 1071; all that is summed here has an even length."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
