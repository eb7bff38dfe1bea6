# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RPC calls one at a time: what a read needs together, and what only locks, status and older clients need.

As real clients call: rpcinfo, from a reserved port of its choice, over either transport. As the source's table has it:
from a service's port to its like. No kernel serves a container NFS or lockd, so a stand-in answers there.
"""

from __future__ import annotations

from ..fleet import host
from .exchange import LIMITED, PROGRAMS, Exchange, Service, opening
from .nfs import ASKS_FROM, CLIENT_BY_NFS3, CLIENT_BY_NFS4, MOUNTD, NFS, PORTMAPPER, SERVER

MASTER = "master01"
LOCKD, STATD = "4045", "4046"
# Port: which program is there, and in which version.
PROGRAM = {
    PORTMAPPER: (100000, 2), NFS: (100003, 3), MOUNTD: (100005, 3), LOCKD: (100021, 4), STATD: (100024, 1),
}  # fmt: skip
# Any port that a daemon may have by chance.
BY_CHANCE = "40048"


def _stand_in(name: str, where: str, *ports: str) -> Service:
    words = " ".join(f"{program} {version} {port}" for port in ports for program, version in (PROGRAM[port],))
    listens = tuple(f"{protocol} {port}" for protocol in ("udp", "tcp") for port in ports)
    return Service(name, where, f"python3 {PROGRAMS}/rpc_serve.py {words}", listens)


SERVICES = (
    _stand_in("nfsd", MASTER, NFS),  # today's kernels serve NFS over TCP only
    _stand_in("lockd-and-statd", CLIENT_BY_NFS3, LOCKD, STATD),
)


def _called(caller: str, protocol: str, callee: str, port: str) -> Exchange:
    """As real clients call: the port mapper first, over the same transport."""
    program, version = PROGRAM[port]
    return Exchange(
        f"{caller} calls {callee}, {protocol} {port}", caller,
        f"{LIMITED} rpcinfo -{protocol[0]} {host(callee).address} {program} {version}",
        tuple(opening(protocol, caller, ASKS_FROM, callee, asked) for asked in dict.fromkeys((PORTMAPPER, port))),
    )  # fmt: skip


def _tabled(caller: str, source: str, protocol: str, callee: str, port: str) -> Exchange:
    """As the source's table has it."""
    program, version = PROGRAM[port]
    return Exchange(
        f"{caller} calls {callee} from {source}, {protocol} {port}", caller,
        f"{LIMITED} python3 {PROGRAMS}/rpc_call.py"
        f" {protocol} {source} {host(callee).address} {port} {program} {version}",
        (opening(protocol, caller, source, callee, port),),
    )  # fmt: skip


EXCHANGES = (
    *(
        _called(CLIENT_BY_NFS3, protocol, SERVER, port)
        for protocol in ("udp", "tcp")
        for port in PROGRAM
        if (protocol, port) != ("udp", NFS)
    ),
    _called(CLIENT_BY_NFS3, "udp", MASTER, NFS),
    *(
        _called(SERVER, protocol, CLIENT_BY_NFS3, port)
        for protocol in ("udp", "tcp")
        for port in (PORTMAPPER, LOCKD, STATD)
    ),
    _tabled(CLIENT_BY_NFS4, PORTMAPPER, "udp", SERVER, PORTMAPPER),
    _tabled(CLIENT_BY_NFS4, PORTMAPPER, "tcp", SERVER, PORTMAPPER),
    _tabled(CLIENT_BY_NFS3, NFS, "tcp", SERVER, NFS),
    _tabled(CLIENT_BY_NFS3, BY_CHANCE, "tcp", SERVER, MOUNTD),
    *(_tabled(CLIENT_BY_NFS3, port, "tcp", SERVER, port) for port in (LOCKD, STATD)),
    *(_tabled(MASTER, port, "tcp", CLIENT_BY_NFS3, port) for port in (LOCKD, STATD)),
)
