# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages of netlink(7), by which a program talks with the kernel about networks: as bytes, and over a socket.

Attributes are pairs ``(type, content)`` of an int and bytes; a list of attributes is packed into bytes again.
"""

import os
import socket
import struct

ROUTE, NETFILTER = 0, 12  # protocols: NETLINK_ROUTE, NETLINK_NETFILTER
REQUEST, ACK, EXCLUSIVE, DUMP, CREATE = 0x1, 0x4, 0x200, 0x300, 0x400  # flags of a message: NLM_F_…

_ERROR, _DONE = 2, 3  # types of a message: NLMSG_ERROR, NLMSG_DONE
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence number, port
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_TYPE_BITS = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER
_NESTED = 0x8000
_ADD_MEMBERSHIP = 1
_RECEIVE_BUFFER_FORCED = 33  # SO_RCVBUFFORCE, which Python does not name
_MOST_BYTES = 1 << 20


def pack(attributes):
    """Return a list of attributes as bytes."""
    packed = bytearray()
    for kind, content in attributes:
        packed += _ATTRIBUTE.pack(_ATTRIBUTE.size + len(content), kind) + content
        packed += b"\0" * (-len(content) % 4)
    return bytes(packed)


def nested(kind, attributes):
    """Return an attribute that contains others."""
    return kind | _NESTED, pack(attributes)


def unpack(data):
    """Return the attributes that these bytes contain."""
    attributes, offset = [], 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size:
            break
        attributes.append((kind & _TYPE_BITS, data[offset + _ATTRIBUTE.size : offset + length]))
        offset += (length + 3) & ~3
    return attributes


def messages(data):
    """Yield ``(type, content)`` of each message in what was received."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, _number, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size:
            return
        yield kind, data[offset + _HEADER.size : offset + length]
        offset += (length + 3) & ~3


class Netlink:
    """A socket of one protocol; ``groups`` are the multicast groups to listen to."""

    def __init__(self, protocol, groups=()):
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self._socket.bind((0, 0))
        for group in groups:
            self._socket.setsockopt(270, _ADD_MEMBERSHIP, group)  # SOL_NETLINK, which Python does not name
        self._number = 0

    def dump(self, kind, body):
        """Ask for all objects of a kind, and return the contents of the answers."""
        self._send(kind, REQUEST | DUMP, body)
        found = []
        while True:
            for answer, content in messages(self._socket.recv(_MOST_BYTES)):
                if answer == _DONE:
                    return found
                if answer == _ERROR:
                    raise _error(content)
                found.append(content)

    def ask(self, kind, body):
        """Ask for one object, and return the content of the answer; raise OSError if there is none."""
        self._send(kind, REQUEST, body)
        for answer, content in messages(self._socket.recv(_MOST_BYTES)):
            if answer == _ERROR:
                raise _error(content)
            return content

    def change(self, kind, flags, body):
        """Have something changed, and raise OSError if the kernel refuses."""
        self._send(kind, REQUEST | ACK | flags, body)
        for answer, content in messages(self._socket.recv(_MOST_BYTES)):
            if answer == _ERROR and content[:4] != b"\0\0\0\0":
                raise _error(content)

    def listen(self, size):
        """Keep up to so many bytes of what arrives from now on."""
        self._socket.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER_FORCED, size)
        self._socket.setblocking(False)

    def heard(self):
        """Yield ``(type, content)`` of each message that has arrived; raise OSError if some were lost."""
        while True:
            try:
                data = self._socket.recv(_MOST_BYTES)
            except BlockingIOError:
                return
            yield from messages(data)

    def close(self):
        self._socket.close()

    def _send(self, kind, flags, body):
        self._number += 1
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, self._number, 0) + body)


def _error(content):
    (code,) = struct.unpack_from("=i", content)
    return OSError(-code, os.strerror(-code))
