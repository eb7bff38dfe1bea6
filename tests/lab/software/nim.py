# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What NIM's own daemons say: nimsh on a client, nimesis on the master, each with a second connection for stderr.

They are IBM's and run on AIX only; the programs here do what the source says of them.
"""

from __future__ import annotations

from ..fleet import host
from .exchange import LIMITED, PROGRAMS, Exchange, Service, opening

MASTER, CLIENT_BY_NIMSH = "master01", "client01"
RESERVED = "513-1023"
# nim_concurrent_operations is 20 on the clients.
CLIENTS_RESERVED = "924-1023"
NIMSH, NIMAUX = "3901", "3902"
NIMESIS = (("nim", "1058"), ("nimreg", "1059"))


def _serve(port: str, back: str) -> str:
    return f"python3 {PROGRAMS}/rcmd_serve.py {port} {back}"


def _call(server: str, port: str, back: str) -> str:
    return f"{LIMITED} python3 {PROGRAMS}/rcmd_call.py {host(server).address} {port} {back}"


SERVICES = (
    Service("nimsh", CLIENT_BY_NIMSH, _serve(NIMSH, NIMAUX), (f"tcp {NIMSH}",)),
    *(Service(name, MASTER, _serve(port, RESERVED), (f"tcp {port}",)) for name, port in NIMESIS),
)

EXCHANGES = (
    Exchange(
        f"{MASTER} runs a command on {CLIENT_BY_NIMSH} by nimsh", MASTER, _call(CLIENT_BY_NIMSH, NIMSH, NIMAUX),
        (
            opening("tcp", MASTER, RESERVED, CLIENT_BY_NIMSH, NIMSH),
            opening("tcp", CLIENT_BY_NIMSH, NIMAUX, MASTER, RESERVED),
        ),
    ),
    *(
        Exchange(
            f"{client} calls {name}", client, _call(MASTER, port, RESERVED),
            (
                opening("tcp", client, CLIENTS_RESERVED, MASTER, port),
                opening("tcp", MASTER, RESERVED, client, CLIENTS_RESERVED),
            ),
        )
        for name, port in NIMESIS
        for client in ("client01", "client02")
    ),
)  # fmt: skip
