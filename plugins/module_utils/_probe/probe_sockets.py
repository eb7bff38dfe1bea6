# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets of probes: they never take a port from another program, and share it among themselves.

A port is bound exclusively, so a program that has it keeps it. Only after that the socket is opened for sharing,
because the sender of a host may have to send from a port on which its listener listens. Each sending socket is
connected, so the kernel delivers to it the packets of its own peer, and all others to the listener.

On Linux two UDP sockets share a port with SO_REUSEADDR (with SO_REUSEPORT the kernel would distribute packets among
them), and TCP sockets that listen and that connect share it with SO_REUSEPORT. Other systems, AIX included, use
SO_REUSEPORT for both; a system that requires the option before the first socket is bound refuses the second socket,
which is reported as an obstacle.
"""

import errno
import os
import resource
import socket
import struct
import sys

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import probes

LINUX = sys.platform.startswith("linux")
BACKLOG = 128
# Files that a Python process has open beside the sockets of probes.
SPARE_FILES = 64
# Close at once with a reset: a connection in TIME_WAIT would block the next run for a minute.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listening(endpoint):
    """Return a socket that listens on the endpoint; raise OSError if that is impossible."""
    sock = _bound(endpoint, sharing=False)
    if endpoint.protocol == "tcp":
        sock.listen(BACKLOG)
    return sock


def sending(ends, is_probed):
    """Return a socket that sends from the source of the probe; raise OSError if that is impossible.

    ``is_probed(endpoint)`` says whether this run has a socket at an endpoint; only with such a socket a port is shared.
    """
    if ends.source in probes.UNSPECIFIED:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    try:
        sock = _bound(ends.source_endpoint, sharing=False)
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not is_probed(ends.source_endpoint):
            raise
        sock = _bound(ends.source_endpoint, sharing=True)
    if ends.protocol == "tcp":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    if ends.destination == probes.BROADCAST:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    return sock


def allow_open_files(count):
    """Raise the limit of open files to ``count``, if it is lower; raise HostError if the host does not permit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise HostError(
                f"These probes need {count} open files at once; this host allows {hard} for a process."
                " Use fewer probes in a run."
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _bound(endpoint, sharing):
    sock = socket.socket(endpoint.family, probes.SOCKET_TYPES[endpoint.protocol])
    try:
        sock.setblocking(False)
        if endpoint.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if LINUX and endpoint.protocol == "tcp":
            # On Linux this permits the port of a closed connection, never the port of a listening socket.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sharing:
            _share(sock, endpoint)
        sock.bind((_bind_address(endpoint), endpoint.port))
        _share(sock, endpoint)
    except OSError:
        sock.close()
        raise
    return sock


def _share(sock, endpoint):
    option = socket.SO_REUSEADDR if LINUX and endpoint.protocol == "udp" else socket.SO_REUSEPORT
    sock.setsockopt(socket.SOL_SOCKET, option, 1)


def _bind_address(endpoint):
    """Return the address to bind to; only Linux can bind a socket to the broadcast address."""
    return "" if endpoint.address == probes.BROADCAST and not LINUX else endpoint.address
