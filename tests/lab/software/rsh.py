# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rsh and rlogin: rsh-redone's daemons under inetd on a client, netkit's programs, which call rcmd(), on the master.

(rsh-redone's own rsh opens its second connection and then loses what comes over it.)
"""

from __future__ import annotations

from ..fleet import host
from .exchange import LIMITED, PROGRAMS, Exchange, Service, opening
from .nim import CLIENTS_RESERVED, MASTER, RESERVED

CLIENT_BY_RSH = "client02"
INETD_CONF = f"{PROGRAMS}/inetd.conf"
# What the client's host has to have: whom to start, and whom to trust.
FILES = {
    INETD_CONF: "shell stream tcp4 nowait root /usr/sbin/in.rshd in.rshd\n"
    "login stream tcp4 nowait root /usr/sbin/in.rlogind in.rlogind\n",
    "/root/.rhosts": f"{host(MASTER).address} root\n",
}

SERVICES = (Service("inetd", CLIENT_BY_RSH, f"inetd -i {INETD_CONF}", ("tcp 514", "tcp 513")),)

_ADDRESS = host(CLIENT_BY_RSH).address

EXCHANGES = (
    Exchange(
        f"{MASTER} runs a command on {CLIENT_BY_RSH} by rsh", MASTER,
        f"{LIMITED} netkit-rsh -n {_ADDRESS} 'echo out; echo err >&2' >rsh.out 2>rsh.err"
        " && grep -qx out rsh.out && grep -qx err rsh.err",
        (
            opening("tcp", MASTER, RESERVED, CLIENT_BY_RSH, "514"),
            opening("tcp", CLIENT_BY_RSH, CLIENTS_RESERVED, MASTER, RESERVED),
        ),
    ),
    Exchange(
        f"{MASTER} logs in on {CLIENT_BY_RSH} by rlogin", MASTER,
        # Again and again, for what is typed ahead of the prompt may be lost; the echo of it has no 42.
        "while printf 'echo $((6 * 7)) $(hostname); exit\\n'; do sleep 0.5; done"
        f" | {LIMITED} script -qec 'netkit-rlogin {_ADDRESS}' /dev/null | grep -q '42 {CLIENT_BY_RSH}'",
        (opening("tcp", MASTER, RESERVED, CLIENT_BY_RSH, "513"),),
    ),
)  # fmt: skip
