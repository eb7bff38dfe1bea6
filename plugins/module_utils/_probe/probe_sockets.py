# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of probes: how they take a port without taking it from anybody, and share it among themselves.

A port is bound as if we wanted it alone, so that whoever has it keeps it. Once it is ours, it is opened for sharing: the
sender of this host may have to send from a port that its listener listens on. Each sending socket is connected, so
that the kernel gives it the packets of its own peer, and the listener all others.

On Linux two UDP sockets share by SO_REUSEADDR (with SO_REUSEPORT the kernel would deal packets out between them), TCP
sockets that listen and that connect by SO_REUSEPORT. Other systems, AIX among them, have SO_REUSEPORT for both; a system
that asks for it before the first socket is bound refuses the second, which is an obstacle that is reported.
"""

import errno
import os
import socket
import struct
import sys

from ansible_collections.fleet.ports.plugins.module_utils._probe import probes

LINUX = sys.platform.startswith("linux")
BACKLOG = 128
# Close at once and send a reset: a connection that is remembered for a minute would stand in the way of the next run.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listening(place):
    """Return a socket that listens at the place; raise OSError where that can't be."""
    sock = _bound(place, sharing=False)
    if place.protocol == "tcp":
        sock.listen(BACKLOG)
    return sock


def sending(ends, is_ours):
    """Return a socket that sends from the probe's source; ``is_ours`` tells whether a probe of this run has a place."""
    if ends.source in probes.UNADDRESSED:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    try:
        sock = _bound(ends.origin, sharing=False)
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not is_ours(ends.origin):
            raise
        sock = _bound(ends.origin, sharing=True)
    if ends.protocol == "tcp":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    if ends.destination == probes.BROADCAST:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    return sock


def _bound(place, sharing):
    sock = socket.socket(place.family, probes.KINDS[place.protocol])
    try:
        sock.setblocking(False)
        if place.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if LINUX and place.protocol == "tcp":
            # Here it lets us in beside closed connections, never beside one who listens.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sharing:
            _share(sock, place)
        sock.bind((_own(place), place.port))
        _share(sock, place)
    except OSError:
        sock.close()
        raise
    return sock


def _share(sock, place):
    option = socket.SO_REUSEADDR if LINUX and place.protocol == "udp" else socket.SO_REUSEPORT
    sock.setsockopt(socket.SOL_SOCKET, option, 1)


def _own(place):
    """Return the address to bind to: other systems than Linux have no socket for broadcasts only."""
    return "" if place.address == probes.BROADCAST and not LINUX else place.address
