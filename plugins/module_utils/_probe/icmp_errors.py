# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classify an error of a sending socket: refused by the peer, or prohibited on the path, and by which host.

On Linux the kernel keeps the ICMP message that caused the error (``IP_RECVERR``); on other systems only errno is known.
"""

import errno
import os
import socket
import struct

from ansible_collections.fleet.ports.plugins.module_utils._probe import probe_sockets

ANSWERED, REFUSED, PROHIBITED, SILENT = "answered", "refused", "prohibited", "silent"

# Not named in Python 3.6: IP_RECVERR and IPV6_RECVERR, MSG_ERRQUEUE, and the origins SO_EE_ORIGIN_ICMP and _ICMP6.
RECEIVE_ERRORS = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
MSG_ERRQUEUE = 0x2000
FROM_ICMP = (2, 3)
# struct sock_extended_err: errno, origin, type, code. The address of the sender of the message follows it.
_EXTENDED_ERROR = struct.Struct("=IBBB9x")
_ADDRESS_OFFSET = {socket.AF_INET: 4, socket.AF_INET6: 8}

PORT_UNREACHABLE = {socket.AF_INET: (3, 3), socket.AF_INET6: (1, 4)}
MESSAGES = {
    (socket.AF_INET, 3, 0): "network unreachable",
    (socket.AF_INET, 3, 1): "host unreachable",
    (socket.AF_INET, 3, 2): "protocol unreachable",
    (socket.AF_INET, 3, 3): "port unreachable",
    (socket.AF_INET, 3, 9): "network administratively prohibited",
    (socket.AF_INET, 3, 10): "host administratively prohibited",
    (socket.AF_INET, 3, 13): "communication administratively prohibited",
    (socket.AF_INET6, 1, 0): "no route to destination",
    (socket.AF_INET6, 1, 1): "communication administratively prohibited",
    (socket.AF_INET6, 1, 3): "address unreachable",
    (socket.AF_INET6, 1, 4): "port unreachable",
    (socket.AF_INET6, 1, 5): "source address failed a policy",
    (socket.AF_INET6, 1, 6): "route is rejected",
}


def keep_icmp_messages(sock, family):
    """Make the kernel keep the ICMP messages about packets of this socket."""
    if probe_sockets.LINUX:
        level, option = RECEIVE_ERRORS[family]
        sock.setsockopt(level, option, 1)


def classify(sock, number, ends):
    """Return ``(result, detail)`` for an error of the socket; ``number`` is its errno."""
    message = _message(sock, ends.family) if probe_sockets.LINUX else None
    if message:
        icmp, offender = message
        # A closed TCP port answers with a reset; this message instead of it comes from a packet filter.
        if icmp == PORT_UNREACHABLE[ends.family] and offender == ends.destination and ends.protocol == "udp":
            return REFUSED, "port unreachable"
        text = MESSAGES.get((ends.family,) + icmp, "ICMP type {0} code {1}".format(*icmp))
        return PROHIBITED, f"{text}, reported by {'this host' if offender == ends.source else offender}"
    if number == errno.ECONNREFUSED:
        return REFUSED, "connection reset" if ends.protocol == "tcp" else "port unreachable"
    if number == errno.ETIMEDOUT:
        return SILENT, ""
    if number in (errno.EPERM, errno.EACCES):
        return PROHIBITED, "the packet filter of this host drops the outgoing packet"
    return PROHIBITED, os.strerror(number)


def _message(sock, family):
    """Return ``((type, code), sender)`` of the oldest ICMP message that the kernel kept, else None."""
    try:
        _data, ancillary, _flags, _address = sock.recvmsg(512, 512, MSG_ERRQUEUE)
    except OSError:
        return None
    for level, option, data in ancillary:
        if (level, option) == RECEIVE_ERRORS[family]:
            _number, origin, kind, code = _EXTENDED_ERROR.unpack_from(data)
            start = _EXTENDED_ERROR.size + _ADDRESS_OFFSET[family]
            length = 4 if family == socket.AF_INET else 16
            if origin in FROM_ICMP:
                return (kind, code), socket.inet_ntop(family, data[start:start + length])
    return None
