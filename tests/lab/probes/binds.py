# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sockets a stranger could bind on this host, right now: `binds.py PORT…` tries them all and writes JSON.

Runs on a host of the lab. Each port is tried over UDP and TCP, on the wildcard and the loopback address of IPv4 and IPv6,
without and with SO_REUSEADDR and SO_REUSEPORT, and closed again at once.
"""

from __future__ import annotations

import itertools
import json
import socket
import sys

TRANSPORTS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}
ADDRESSES = {"0.0.0.0": socket.AF_INET, "127.0.0.1": socket.AF_INET, "::": socket.AF_INET6, "::1": socket.AF_INET6}
OPTIONS = {"none": (), "reuse": (socket.SO_REUSEADDR, socket.SO_REUSEPORT)}


def binds(port: int, transport: str, address: str, options: str) -> bool:
    """Whether this socket can be bound."""
    with socket.socket(ADDRESSES[address], TRANSPORTS[transport]) as stranger:
        if ":" in address:
            stranger.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in OPTIONS[options]:
            stranger.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            stranger.bind((address, port))
        except OSError:
            return False
        return True


tried = itertools.product(map(int, sys.argv[1:]), TRANSPORTS, ADDRESSES, OPTIONS)
keys = ("port", "transport", "address", "options")
print(json.dumps([dict(zip(keys, each)) for each in tried if binds(*each)]))
