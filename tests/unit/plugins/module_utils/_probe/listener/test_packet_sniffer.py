# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet sniffer reads the ends and the data of packets from a raw socket."""

import socket
import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import packet_sniffer
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.packet_sniffer import PacketSniffer
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

UDP = struct.pack(">4H", 600, 700, 12, 0) + b"data"
# A header of 24 bytes: one with an option.
IPV4_HEADER = bytes([0x46]) + bytes(15) + socket.inet_aton("192.0.2.2") + bytes(4)
DESTINATION = (socket.IPPROTO_IPV6, packet_sniffer.IPV6_PKTINFO, socket.inet_pton(socket.AF_INET6, "2001:db8::2") + b"....")


class RawSocket:
    """A raw socket with one packet, which root alone could open."""

    def __init__(self, answer):
        self._answer = answer

    def setsockopt(self, *_option):
        pass

    def setblocking(self, _flag):
        pass

    def recvmsg(self, *_lengths):
        return self._answer


@pytest.mark.parametrize(
    "family, packet, ends",
    [
        (socket.AF_INET, (IPV4_HEADER + UDP, [], 0, ("192.0.2.1", 0)), ("192.0.2.1", 600, "192.0.2.2", 700)),
        (socket.AF_INET6, (UDP, [DESTINATION], 0, ("2001:db8::1", 0, 0, 0)), ("2001:db8::1", 600, "2001:db8::2", 700)),
    ],
)
def test_it_reads_ends_and_data(monkeypatch, family, packet, ends):
    monkeypatch.setattr(socket, "socket", lambda *_kind: RawSocket(packet))
    assert PacketSniffer("udp", family).read() == (Ends("udp", *ends), b"data")
