# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a NIM master and its clients say to each other, BOOTP to nimhttp; NFS has rows of its own.

Row by row the table "Directions to open ports" of source 002, and then what real stacks do besides.
"""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import WORKING, Row, client, server
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.service_table import (
    BOOTPC,
    BOOTPS,
    DYNAMIC,
    NIMAUX,
    NIMHTTP,
    NIMSH,
    RLOGIN,
    SHELL,
    TCP,
    TFTP,
    UDP,
)

ASKS, ANSWERS = True, False

C68, S67, S69 = client(str(BOOTPC.port)), server(str(BOOTPS.port)), server(str(TFTP.port))
C_TID, S_TID = client(DYNAMIC), server(DYNAMIC)
C_RES, S_RES = client("reserved"), server("reserved")
C_NIMSH, C_NIMAUX = client(str(NIMSH.port)), client(str(NIMAUX.port))
S_NIM, S_NIMREG = server("nim"), server("nimreg")

# "002, TFTP" sends two files, each with the same four rows.
_TFTP = tuple(
    row
    for file, reference in (("image", "002, TFTP, CLIENT_NAME"), ("info", "002, TFTP, CLIENT_NAME.info"))
    for row in (
        Row(f"tftp-{file}-request", "tftp", "transfer", UDP, C_TID, S69, ASKS, reference),
        Row(f"tftp-{file}-reply", "tftp", "transfer", UDP, S69, C_TID, ANSWERS, reference),
        Row(f"tftp-{file}-data", "tftp", "transfer", UDP, S_TID, C_TID, ASKS, reference),
        Row(f"tftp-{file}-ack", "tftp", "transfer", UDP, C_TID, S_TID, ANSWERS, reference),
    )
)

_NIMSH = (
    Row("niminit-stdout", "nimsh", "register", TCP, C_RES, S_RES, ANSWERS, "002, NIMSH, niminit", ("nimsh",)),
    Row("niminit-stderr", "nimsh", "register", TCP, S_RES, C_RES, ASKS, "002, NIMSH, niminit", ("nimsh",)),
    Row("nimsh-reply", "nimsh", "shell", TCP, C_NIMSH, S_RES, ANSWERS, "002, NIMSH", ("nimsh", "push")),
    Row("nimsh-stderr", "nimaux", "shell", TCP, C_NIMAUX, S_RES, ASKS, "002, NIMSH", ("nimsh", "push")),
    Row("nimsh-request", "nimsh", "shell", TCP, S_RES, C_NIMSH, ASKS, "002, NIMSH", ("nimsh", "push")),
    Row("nimsh-stderr-reply", "nimaux", "shell", TCP, S_RES, C_NIMAUX, ANSWERS, "002, NIMSH", ("nimsh", "push")),
)

# Not in the table of directions, which is for nimsh; the list of ports before it names them, marked with "*".
_RSH = tuple(
    row
    for service, port, name in (("shell", SHELL.port, "rsh"), ("rlogin", RLOGIN.port, "rlogin"))
    for row in (
        Row(f"{name}-request", service, "shell", TCP, S_RES, client(str(port)), ASKS, f"002, RSH, {service}",
            ("rsh", "push")),
        Row(f"{name}-reply", service, "shell", TCP, client(str(port)), S_RES, ANSWERS, f"002, RSH, {service}",
            ("rsh", "push")),
    )
) + (
    Row("rsh-stderr", "rsh", "shell", TCP, C_RES, S_RES, ASKS, "002, RSH, stderr", ("rsh", "push")),
    Row("rsh-stderr-reply", "rsh", "shell", TCP, S_RES, C_RES, ANSWERS, "002, RSH, stderr", ("rsh", "push")),
)

_NIM = (
    Row("nimreg-request", "nimreg", "register", TCP, C_RES, S_NIMREG, ASKS, "002, NIM, niminit"),
    Row("nimreg-reply", "nimreg", "register", TCP, S_NIMREG, C_RES, ANSWERS, "002, NIM, niminit"),
    Row("nimreg-stderr-reply", "nimreg", "register", TCP, C_RES, S_RES, ANSWERS, "002, NIM, niminit connected"),
    Row("nimreg-stderr", "nimreg", "register", TCP, S_RES, C_RES, ASKS, "002, NIM, niminit connected"),
    Row("nim-request", "nim", "operate", TCP, C_RES, S_NIM, ASKS, "002, NIM, operations"),
    Row("nim-reply", "nim", "operate", TCP, S_NIM, C_RES, ANSWERS, "002, NIM, operations"),
    Row("nim-stderr-reply", "nim", "operate", TCP, C_RES, S_RES, ANSWERS, "002, NIM, operations connected"),
    Row("nim-stderr", "nim", "operate", TCP, S_RES, C_RES, ASKS, "002, NIM, operations connected"),
)

_BOOTP = (
    Row("bootp-request", "bootp", "boot", UDP, C68, S67, ASKS, "002, BOOTP"),
    # A unicast reply to a broadcast request matches no tracked connection: it needs its own rule.
    Row("bootp-reply", "bootp", "boot", UDP, S67, C68, ASKS, "002, BOOTP"),
)

_NO_ADDRESS_YET = "a client without an address broadcasts from 0.0.0.0 and may be answered by a broadcast (RFC 951)"
C68_UNADDRESSED = client(str(BOOTPC.port), "unaddressed")
C68_BROADCAST = client(str(BOOTPC.port), "broadcast")
S67_BROADCAST = server(str(BOOTPS.port), "broadcast")

_BOOTP_WITHOUT_ADDRESS = (
    Row("bootp-broadcast-request", "bootp", "boot", UDP, C68_UNADDRESSED, S67_BROADCAST, ASKS, "RFC 951",
        profiles=(WORKING,), reason=_NO_ADDRESS_YET),
    Row("bootp-broadcast-reply", "bootp", "boot", UDP, S67, C68_BROADCAST, ASKS, "RFC 951",
        profiles=(WORKING,), reason=_NO_ADDRESS_YET),
)

_FIRMWARE_PORTS = "a boot firmware's TFTP client can use any port from 1024 on"
C_FIRMWARE = client("1024-65535")

_TFTP_FIRMWARE = tuple(
    Row(f"tftp-firmware-{step}", "tftp", "transfer", UDP, source, destination, asks, "RFC 1350",
        profiles=(WORKING,), reason=_FIRMWARE_PORTS)
    for step, source, destination, asks in (
        ("request", C_FIRMWARE, S69, ASKS),
        ("reply", S69, C_FIRMWARE, ANSWERS),
        ("data", S_TID, C_FIRMWARE, ASKS),
        ("ack", C_FIRMWARE, S_TID, ANSWERS),
    )
)

_ASKED_FOR = "nimhttp is newer than the source; nim_http asks for it"
S_HTTP = server(str(NIMHTTP.port))

_NIMHTTP = (
    Row("nimhttp-request", "nimhttp", "transfer", TCP, client(DYNAMIC), S_HTTP, ASKS, "AIX 7.2, nimhttp", ("http",),
        reason=_ASKED_FOR),
    Row("nimhttp-reply", "nimhttp", "transfer", TCP, S_HTTP, client(DYNAMIC), ANSWERS, "AIX 7.2, nimhttp", ("http",),
        reason=_ASKED_FOR),
)

NIM_ROWS = (
    _BOOTP + _BOOTP_WITHOUT_ADDRESS + _TFTP + _TFTP_FIRMWARE + _NIMSH + _RSH + _NIM + _NIMHTTP
)

_RELAY = "broadcasts end at a router; a BOOTP relay agent on the gateway carries them on (RFC 1542)"

# The master (server) and the relay agent on the gateway (client).
RELAY_TO_MASTER_ROWS = (
    Row("bootp-relay-request", "bootp", "boot", UDP, client(str(BOOTPS.port)), S67, ASKS, "RFC 1542",
        profiles=(WORKING,), reason=_RELAY),
    # Goes to the address that the relay agent wrote into the request, not to the one that it sent from.
    Row("bootp-relay-reply", "bootp", "boot", UDP, S67, client(str(BOOTPS.port)), ASKS, "RFC 1542",
        profiles=(WORKING,), reason=_RELAY),
)

# The relay agent on the gateway (server) and the client that boots.
RELAY_TO_CLIENT_ROWS = (
    Row("bootp-relay-broadcast-request", "bootp", "boot", UDP, C68_UNADDRESSED, S67_BROADCAST, ASKS, "RFC 1542",
        profiles=(WORKING,), reason=_RELAY),
    Row("bootp-relay-delivery", "bootp", "boot", UDP, S67, C68, ASKS, "RFC 1542",
        profiles=(WORKING,), reason=_RELAY),
    Row("bootp-relay-broadcast-delivery", "bootp", "boot", UDP, S67, C68_BROADCAST, ASKS, "RFC 1542",
        profiles=(WORKING,), reason=_RELAY),
)
