# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a port is free, on systems that tell nobody who has it: we try to take it, and let go at once."""

import errno
import socket

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def is_taken(port, protocol):
    """Return whether somebody has the port on any address; protocol is ``tcp`` or ``udp``."""
    return any(_is_taken(family, KINDS[protocol], port) for family in (socket.AF_INET, socket.AF_INET6))


def _is_taken(family, kind, port):
    try:
        with socket.socket(family, kind) as probe:
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if kind == socket.SOCK_STREAM:  # connections that are closed, but remembered, are in nobody's way
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("", port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE  # no such family here: nobody has the port there
    return False
