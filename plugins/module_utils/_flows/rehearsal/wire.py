# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets sent on the copy of the host's network, and which of them passed the packet filters.

What is let in reaches raw sockets, which see packets behind the hook ``input``. What is sent or forwarded appears outside.
All happens on one processor, in the order of sending: once a mark that was sent last is seen, all else has been decided.
"""

import contextlib
import os
import select
import socket
import struct
import time

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import host_network, netlink, packets
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed

_ALL_PACKETS = 0x0003  # ETH_P_ALL
_MARK = b"\xff" * 6 + b"\x02\0\0\0\0\x01\x88\xb5"  # an Ethernet frame of a type for experiments, which nothing filters
_OUTGOING = 4  # PACKET_OUTGOING
_RECEIVE_BUFFER_FORCED = 33  # SO_RCVBUFFORCE
_BUFFER = 16 << 20
_HEADER_INCLUDED = 36  # IPV6_HDRINCL
_PATIENCE = 3.0  # seconds for a mark, on a machine that is very busy
_IN_ONE_GO = 200
_DELETE_TRACKED = 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE


class Wire:
    """The sockets by which packets are sent and seen in the network namespace of this process."""

    def __init__(self, network):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        self._hardware, self._outsides = {}, {}
        self._open = contextlib.ExitStack()
        for link in network.links:
            if not link.is_loopback:
                name = host_network.OUTSIDE.format(link.index)
                self._outsides[link.index] = self._packet_socket(socket.htons(0), name)
                self._hardware[link.index] = _hardware(self._outsides[link.index], link.name)
        self._names = {host_network.OUTSIDE.format(index): index for index in self._outsides}
        self._seen = self._packet_socket(socket.htons(_ALL_PACKETS), None)
        self._let_in = [
            self._raw(family, protocol)
            for family in (socket.AF_INET, socket.AF_INET6)
            for protocol in packets.PROTOCOLS.values()
        ]
        self._senders = {4: self._raw(socket.AF_INET, socket.IPPROTO_RAW), 6: self._raw(socket.AF_INET6, socket.IPPROTO_RAW)}
        self._senders[4].setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._senders[6].setsockopt(socket.IPPROTO_IPV6, _HEADER_INCLUDED, 1)

    def passed(self, probes, ttl=packets.UNTRACED):
        """Send the probes, ``{number: probe}``, and return those that passed, as ``{number: packets.Seen}``."""
        forget_connections()
        return self.continued(probes, ttl)

    def continued(self, probes, ttl=packets.UNTRACED):
        """Send them as part of the conversations that were begun last, and return those that passed."""
        arrived = {}
        for count, (number, probe) in enumerate(probes.items(), 1):
            if probe.hook == "output":
                self._send(probe, number, ttl)
            else:
                self._outsides[probe.interface].send(packets.frame(probe, number, self._hardware[probe.interface], ttl))
            if count % _IN_ONE_GO == 0:
                self._collect(probes, arrived)
        for _hop in range(2):  # what is forwarded comes behind the first mark
            self._await_mark(probes, arrived)
        return arrived

    def _send(self, probe, number, ttl):
        is_ip6 = packets.is_ip6(probe.source)
        destination = (probe.destination, 0, 0, 0) if is_ip6 else (probe.destination, 0)
        with contextlib.suppress(OSError):  # the kernel refuses what its filters drop, and what it has no route for
            self._senders[6 if is_ip6 else 4].sendto(packets.packet(probe, number, ttl), destination)

    def _await_mark(self, probes, arrived):
        for outside in list(self._outsides.values())[:1]:
            outside.send(_MARK)
            deadline = time.monotonic() + _PATIENCE
            while not self._collect(probes, arrived):
                select.select([self._seen], [], [], 0.05)
                if time.monotonic() > deadline:
                    raise NotRehearsed("packets are lost on this host")

    def _collect(self, probes, arrived):
        """Note what has arrived, and return whether a mark was among it."""
        marked = False
        for data, (name, _kind, direction, *_rest) in _received(self._seen):
            if direction == _OUTGOING:
                continue
            if data.startswith(_MARK):
                marked = True
            elif name in self._names:
                number = packets.number_of_packet(data[14:])
                if _is_of(probes, number, ("output", "forward")):
                    arrived[number] = packets.Seen(*packets.ends_of_packet(data[14:]), interface=self._names[name])
        for receiver in self._let_in:
            for data, address in _received(receiver):
                is_ip6 = receiver.family == socket.AF_INET6
                number = packets.number_of_segment(receiver.proto, data) if is_ip6 else packets.number_of_packet(data)
                if _is_of(probes, number, ("input",)):
                    arrived[number] = _let_in_ip6(probes[number], data, address) if is_ip6 else _let_in(data)
        return marked

    def _packet_socket(self, protocol, name):
        made = self._open.enter_context(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, protocol))
        if name:
            made.bind((name, 0))
        return _ready(made)

    def _raw(self, family, protocol):
        return _ready(self._open.enter_context(socket.socket(family, socket.SOCK_RAW, protocol)))

    def close(self):
        self._open.close()


def _is_of(probes, number, hooks):
    return number in probes and probes[number].hook in hooks


def _let_in(data):
    return packets.Seen(*packets.ends_of_packet(data), interface=None)


def _let_in_ip6(probe, segment, address):
    """Return what a raw socket of IPv6 tells, which has all but the destination."""
    source_port, destination_port = packets.ports_of_segment(segment)
    return packets.Seen(address[0].partition("%")[0], source_port, probe.destination, destination_port, interface=None)


def forget_connections():
    """Have the kernel forget all tracked connections of this namespace: it would let packets pass that belong to them."""
    kernel = netlink.Netlink(netlink.NETFILTER)
    with contextlib.closing(kernel), contextlib.suppress(OSError):  # it has no connection tracking, or tracks nothing
        kernel.change(_DELETE_TRACKED, 0, struct.pack("!BBH", 0, 0, 0))


def _ready(made):
    made.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER_FORCED, _BUFFER)
    made.setblocking(False)
    return made


def _received(receiver):
    """Yield ``(data, address)`` of each packet that has arrived."""
    while True:
        try:
            yield receiver.recvfrom(2048)
        except BlockingIOError:
            return


def _hardware(outside, name):
    """Return the hardware address of an interface; ``outside`` is any socket."""
    import fcntl  # of Linux only, as all of this is

    answer = fcntl.ioctl(outside, 0x8927, struct.pack("256s", name.encode("utf-8", "surrogateescape")))  # SIOCGIFHWADDR
    return answer[18:24]
