# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets made by hand. Each carries a number, by which it is recognised after its addresses and ports were changed.

The number stands in the header of the network layer (identification, flow label) and behind that of the transport layer
(sequence number, first bytes of the data). It is from 1 to :data:`MOST`.
"""

import collections
import socket
import struct

# How a conversation begins. hook: input, output or forward; addresses are text; interface: the index of the one by which
# the packet arrives, None for what this host sends
Probe = collections.namedtuple(
    "Probe", "hook protocol source source_port destination destination_port interface"
)

# A packet that passed, with the addresses and ports that it has then. interface: the index of the one by which it left, None
# for what was let in
Seen = collections.namedtuple("Seen", "source source_port destination destination_port interface")

MOST = 0xFFFF
PROTOCOLS = {"tcp": 6, "udp": 17}
IP4, IP6 = 0x0800, 0x86DD  # EtherType
BROADCAST = "255.255.255.255"

_HOOKS_OF_ANSWERS = {"input": "output", "output": "input", "forward": "forward"}
_MAGIC = 0x0F1EE7
# The time to live of packets, and of those to be traced.
UNTRACED, TRACED = 64, 63
_SYN = 2
_SENDER, _EVERYBODY = b"\x02\0\0\0\0\x01", b"\xff" * 6
_DONT_FRAGMENT = 0x4000


def is_ip6(address):
    return ":" in address


def binary(address):
    """Return an address as the bytes of a header."""
    return socket.inet_pton(socket.AF_INET6 if is_ip6(address) else socket.AF_INET, address)


def text(address):
    """Return the text of an address in the form of a header."""
    return socket.inet_ntop(socket.AF_INET6 if len(address) == 16 else socket.AF_INET, address)


def answer(probe, seen):
    """Return the first packet back, by whom the probe came to as :class:`Seen`."""
    ends = seen.destination, seen.destination_port, seen.source, seen.source_port
    return Probe(_HOOKS_OF_ANSWERS[probe.hook], probe.protocol, *ends, interface=seen.interface)


def frame(probe, number, hardware, ttl=UNTRACED):
    """Return the packet in an Ethernet frame to this hardware address, or to everybody if it is a broadcast."""
    kind = IP6 if is_ip6(probe.destination) else IP4
    to = _EVERYBODY if probe.destination == BROADCAST else hardware
    return to + _SENDER + struct.pack("!H", kind) + packet(probe, number, ttl)


def packet(probe, number, ttl=UNTRACED):
    """Return the packet from the header of its network layer on."""
    source, destination = binary(probe.source), binary(probe.destination)
    protocol = PROTOCOLS[probe.protocol]
    segment = _segment(probe, number)
    pseudo = source + destination + struct.pack("!IHBB", len(segment), 0, 0, protocol)
    at = 16 if probe.protocol == "tcp" else 6
    # In UDP, a checksum of 0 means that there is none.
    segment = segment[:at] + struct.pack("!H", _checksum(pseudo + segment) or 0xFFFF) + segment[at + 2 :]
    if is_ip6(probe.source):
        return struct.pack("!IHBB", 6 << 28 | number, len(segment), protocol, ttl) + source + destination + segment
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), number, _DONT_FRAGMENT, ttl, protocol, 0)
    header += source + destination
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + segment


def number_of_segment(protocol, segment):
    """Return the number of the probe of which this is the segment, or None."""
    if protocol == PROTOCOLS["tcp"] and len(segment) >= 20 and segment[13] == _SYN:
        (mark,) = struct.unpack_from("!I", segment, 4)
    elif protocol == PROTOCOLS["udp"] and len(segment) >= 16:
        magic, mark = struct.unpack_from("!II", segment, 8)
        if magic != _MAGIC:
            return None
    else:
        return None
    return mark & MOST if mark >> 16 == _MAGIC & MOST else None


def number_of_packet(data):
    """Return the number of the probe of which this is the packet, or None."""
    if len(data) < 20:
        return None
    if data[0] >> 4 == 4:
        return number_of_segment(data[9], data[(data[0] & 15) * 4 :])
    return number_of_segment(data[6], data[40:]) if data[0] >> 4 == 6 else None


def ends_of_packet(data):
    """Return ``(source, source_port, destination, destination_port)`` of a packet."""
    if data[0] >> 4 == 6:
        source, destination, segment = data[8:24], data[24:40], data[40:]
    else:
        source, destination, segment = data[12:16], data[16:20], data[(data[0] & 15) * 4 :]
    source_port, destination_port = ports_of_segment(segment)
    return text(source), source_port, text(destination), destination_port


def ports_of_segment(segment):
    """Return ``(source_port, destination_port)``."""
    return struct.unpack_from("!HH", segment)


def number_of_header(header):
    """Return the number that stands in a header of the network layer, which may belong to another packet, or None."""
    if len(header) >= 20 and header[0] >> 4 == 4:
        return struct.unpack_from("!H", header, 4)[0]
    if len(header) >= 40 and header[0] >> 4 == 6:
        return struct.unpack_from("!I", header)[0] & MOST
    return None


def _segment(probe, number):
    ports = struct.pack("!HH", probe.source_port, probe.destination_port)
    mark = (_MAGIC & MOST) << 16 | number
    if probe.protocol == "tcp":
        return ports + struct.pack("!IIBBHHH", mark, 0, 5 << 4, _SYN, 1024, 0, 0)
    return ports + struct.pack("!HHII", 16, 0, _MAGIC, mark)


def _checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
