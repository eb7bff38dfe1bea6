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

# in.rshd turns away whom it finds no name for, and the lab has no name server.
_NAME = f"{host(MASTER).address} {MASTER}"
KNOW_MASTER, FORGET_MASTER = f"echo '{_NAME}' >>/etc/hosts", f"sed -i '/^{_NAME}$/d' /etc/hosts"

SERVICES = (Service("inetd", CLIENT_BY_RSH, f"inetd -i {INETD_CONF}", ("tcp 514", "tcp 513")),)

_ADDRESS = host(CLIENT_BY_RSH).address
_ANSWER = f"42 {CLIENT_BY_RSH}"

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
        # Again and again, for what is typed ahead of the prompt may be lost, or a part of it; so the line that ends the
        # session comes after the answer. The echo of what is typed has no 42.
        f"rm -f rlogin.out; (until grep -qs '{_ANSWER}' rlogin.out;"
        " do printf 'echo $((6 * 7)) $(hostname)\\n'; sleep 0.5; done; echo exit)"
        f" | {LIMITED} script -qefc 'netkit-rlogin {_ADDRESS}' rlogin.out >/dev/null; grep -q '{_ANSWER}' rlogin.out",
        (opening("tcp", MASTER, RESERVED, CLIENT_BY_RSH, "513"),),
    ),
)  # fmt: skip
