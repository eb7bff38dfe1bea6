# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of the two sources, with their ports: the first half of the catalog.

"000" is "BMC Port Conflict" (name and hold), "002" is "Network ports used for NIM communication" (pin and open).
The names are those of the services database.
"""

from __future__ import annotations

from dataclasses import dataclass

TCP, UDP = "tcp", "udp"

# What rreservport() binds, downwards from 1023 ("002, RSH").
RCMD = "513-1023"
# Transfer identifiers of TFTP, and RPC daemons that are not pinned ("002, TFTP" and "002, NFS").
DYNAMIC = "32768-65535"


@dataclass(frozen=True)
class Service:
    """A service with a port of its own."""

    name: str
    port: int
    protocols: tuple[str, ...]
    comment: str
    # Roles whose hosts get the name in their services database; () where every system ships it.
    named_on: tuple[str, ...] = ()


_NIM = ("nim_master", "nim_client")

RMCP = Service("rmcp", 623, (UDP,), "Aux Bus Shunt (Primary RMCP Port)", ("bmc_host",))
RMCPS = Service("rmcps", 664, (UDP,), "Secure Aux Bus (Secondary RMCP Port)", ("bmc_host",))
BOOTPS = Service("bootps", 67, (UDP,), "BOOTP server")
BOOTPC = Service("bootpc", 68, (UDP,), "BOOTP client")
TFTP = Service("tftp", 69, (UDP,), "TFTP")
PORTMAPPER = Service("sunrpc", 111, (TCP, UDP), "RPC port mapper")
RLOGIN = Service("login", 513, (TCP,), "rlogin")
SHELL = Service("shell", 514, (TCP,), "rsh")
NIM = Service("nim", 1058, (TCP,), "NIM master", _NIM)
NIMREG = Service("nimreg", 1059, (TCP,), "NIM registration", _NIM)
NFS = Service("nfs", 2049, (TCP, UDP), "NFS")
NIMSH = Service("nimsh", 3901, (TCP,), "NIM service handler", _NIM)
NIMAUX = Service("nimaux", 3902, (TCP,), "NIM service handler, standard error", _NIM)
NIMHTTP = Service("nimhttp", 4901, (TCP,), "NIM over HTTP", _NIM)

SERVICES = (
    RMCP, RMCPS, BOOTPS, BOOTPC, TFTP, PORTMAPPER, RLOGIN, SHELL, NIM, NIMREG, NFS, NIMSH, NIMAUX, NIMHTTP,
)
