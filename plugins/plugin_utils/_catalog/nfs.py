# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an NFS server and its clients say to each other: the NFS rows of source 002, and what real clients do besides.

The table pairs each service's port with itself (111 with 111, 2049 with 2049, a daemon's port with a daemon's port)
and gives each one transport. A real RPC client asks from a port of its own choice and may use the other transport.
"""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import WORKING, Row, client, server
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.service_table import NFS, PORTMAPPER, TCP, UDP

ASKS, ANSWERS = True, False

P111, P2049 = str(PORTMAPPER.port), str(NFS.port)


def _documented(service, port, protocol, calls_back, reference, when=()):
    """The two rows of the table for one service: from the server to the client, and from the client to the server."""
    return (
        Row(f"{service}-{protocol}-back", service, "mount", protocol, server(port), client(port), calls_back, reference,
            when),
        Row(f"{service}-{protocol}", service, "mount", protocol, client(port), server(port), ASKS, reference, when),
    )


_TABLE = (
    _documented("portmapper", P111, UDP, ANSWERS, "002, NFS")
    + _documented("portmapper", P111, TCP, ANSWERS, "002, NFSv4", ("nfs4",))
    + _documented("mountd", "mountd", TCP, ANSWERS, "002, NFS", ("nfs3",))
    # Locks: the server calls its client back, when a lock is granted and after a restart.
    + _documented("lockd", "lockd", TCP, ASKS, "002, NFS", ("nfs3",))
    + _documented("statd", "statd", TCP, ASKS, "002, NFS, note on statd", ("nfs3",))
    + _documented("nfs", P2049, TCP, ANSWERS, "002, NFS")
)

_OWN_PORT = "an RPC client asks from a port of 512-1023 or 32768-65535, over either transport"
_CALL_BACK = "a server calls its client's lockd and statd back, and asks its port mapper where they are"


def _call(service, protocol, port, caller, callee, suffix, reason, when):
    """A call from a port of the caller's own choice, and its reply."""
    name = f"{service}-{protocol}-{suffix}"
    return (
        Row(name, service, "mount", protocol, caller("rpc"), callee(port), ASKS, "RFC 5531", when, (WORKING,), reason),
        Row(f"{name}-reply", service, "mount", protocol, callee(port), caller("rpc"), ANSWERS, "RFC 5531", when,
            (WORKING,), reason),
    )


_NFS3 = ("nfs3",)
# NFSv4 is tcp 2049 alone; the port mapper stays reachable over both, as the source says.
_CALLS = (
    ("portmapper", P111, UDP, ()),
    ("portmapper", P111, TCP, ()),
    ("nfs", P2049, UDP, _NFS3),
    ("nfs", P2049, TCP, ()),
    ("mountd", "mountd", UDP, _NFS3),
    ("mountd", "mountd", TCP, _NFS3),
    ("lockd", "lockd", UDP, _NFS3),
    ("lockd", "lockd", TCP, _NFS3),
    ("statd", "statd", UDP, _NFS3),
    ("statd", "statd", TCP, _NFS3),
)

_WORKING = tuple(
    row
    for service, port, protocol, when in _CALLS
    for row in _call(service, protocol, port, client, server, "call", _OWN_PORT, when)
) + tuple(
    row
    for service, port, protocol, when in _CALLS
    if service in ("portmapper", "lockd", "statd")
    for row in _call(service, protocol, port, server, client, "callback", _CALL_BACK, _NFS3)
)

NFS_ROWS = _TABLE + _WORKING
