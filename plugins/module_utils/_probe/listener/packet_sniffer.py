# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the packets that arrive at a port that another program has, without taking them from it.

On Linux a raw socket receives a copy of each packet that has passed the packet filter of the host. A socket filter
keeps only questions of probes (UDP) and connection requests (TCP), so other packets of a busy host are not copied.
"""

import array
import socket
import struct

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

SO_ATTACH_FILTER = 26
IPV6_RECVPKTINFO, IPV6_PKTINFO = 49, 50
PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
BUFFER = 1 << 20
UDP_HEADER = 8
FLAGS_OFFSET, SYN, ACK = 13, 0x02, 0x10

# Instructions of the classic Berkeley packet filter: code, jump if true, jump if false, operand.
HEADER_LENGTH_TO_X = (0xB1, 0, 0, 0)  # IPv4 only: the kernel delivers an IPv6 packet without its header
ZERO_TO_X = (0x01, 0, 0, 0)
LOAD_WORD_AT_X, LOAD_BYTE_AT_X, AND, KEEP_IF_EQUAL = 0x40, 0x50, 0x54, 0x15
KEEP, DROP = (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)

TESTS = {
    "udp": [
        (LOAD_WORD_AT_X, 0, 0, UDP_HEADER + messages.MARK_OFFSET),
        (KEEP_IF_EQUAL, 0, 1, int.from_bytes(messages.MARK, "big")),
    ],
    "tcp": [(LOAD_BYTE_AT_X, 0, 0, FLAGS_OFFSET), (AND, 0, 0, SYN | ACK), (KEEP_IF_EQUAL, 0, 1, SYN)],
}


class PacketSniffer:
    """A raw socket for one protocol and address family; only root may open it."""

    def __init__(self, protocol, family):
        self.protocol, self.family = protocol, family
        self.socket = socket.socket(family, socket.SOCK_RAW, PROTOCOLS[protocol])
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        if family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        start = HEADER_LENGTH_TO_X if family == socket.AF_INET else ZERO_TO_X
        _attach(self.socket, [start] + TESTS[protocol] + [KEEP, DROP])

    def read(self):
        """Return the ends of the next packet and its data (of UDP); raise BlockingIOError if there is none."""
        data, ancillary, _flags, peer = self.socket.recvmsg(messages.MAX_PACKET_BYTES, 64)
        if self.family == socket.AF_INET:
            header = (data[0] & 0x0F) * 4
            destination, data = socket.inet_ntop(socket.AF_INET, data[16:20]), data[header:]
        else:
            destination = _destination(ancillary)
        source_port, port = struct.unpack(">HH", data[:4])
        return Ends(self.protocol, peer[0], source_port, destination, port), data[UDP_HEADER:]


def _destination(ancillary):
    for level, kind, data in ancillary:
        if (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO):
            return socket.inet_ntop(socket.AF_INET6, data[:16])
    return None


def _attach(sock, program):
    instructions = array.array("B", b"".join(struct.pack("HBBI", *instruction) for instruction in program))
    address, _length = instructions.buffer_info()
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(program), address))
