# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo asks the hosts, before and after: each question is a sentence and a function that finds the answer."""

from __future__ import annotations

import re

from .lab import Lab

# Tries each way to take the BMC's ports that a program could try; prints those that work.
TAKE = """python3 - <<'END'
import socket
for port in 623, 664:
    for family, address in (socket.AF_INET, '0.0.0.0'), (socket.AF_INET6, '::'):
        for kind, protocol in (socket.SOCK_DGRAM, 'udp'), (socket.SOCK_STREAM, 'tcp'):
            with socket.socket(family, kind) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                if family == socket.AF_INET6:
                    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                try:
                    one.bind((address, port))
                except OSError:
                    continue
                print(protocol + '/' + str(port))
END"""

# Connects from a reserved port, as rcmd() does: an answer of the peer, be it a refusal, means that the way is open.
CONNECT = """python3 - <<'END'
import socket
with socket.socket() as one:
    one.settimeout(1)
    one.bind(('', {source}))
    try:
        one.connect(('{address}', {port}))
        print('open')
    except ConnectionRefusedError:
        print('open')
    except OSError:
        print('blocked')
END"""


def _holder_of_664(lab: Lab) -> str:
    listing = lab.run("bmc01", "ss -Hulnp sport = :664").stdout
    found = re.search(r'"([^"]+)",pid=([0-9]+)', listing)
    if found is None:
        return "nobody"
    program, pid = found.groups()
    return "fleet.ports (no process, PID 1 keeps the socket)" if pid == "1" else f"{program} (PID {pid})"


def _takeable(lab: Lab) -> str:
    return " ".join(sorted(set(lab.run("bmc01", TAKE).stdout.split()))) or "none"


def _rpc_ports(lab: Lab) -> str:
    ports = {}
    for line in lab.run("nfs01", "rpcinfo -p").stdout.splitlines()[1:]:
        _program, _version, _protocol, port, name = line.split()[:5]
        ports.setdefault(name, set()).add(port)
    return ", ".join(f"{name} {' '.join(sorted(ports.get(name, '?')))}" for name in ("mountd", "nlockmgr", "status"))


def _way_to_master(port: int):
    def ask(lab: Lab) -> str:
        return lab.run("client01", CONNECT.format(source=1000, address="192.0.2.10", port=port)).stdout.strip()

    return ask


QUESTIONS = (
    ("bmc01: who has UDP 664", _holder_of_664),
    ("bmc01: which of the BMC's ports a program can take", _takeable),
    ("nfs01: where its RPC daemons are", _rpc_ports),
    ("client01 → master01, TCP 1000 → 1058 (nim)", _way_to_master(1058)),
    ("client01 → master01, TCP 1000 → 1059 (nimreg)", _way_to_master(1059)),
    ("client01 → master01, TCP 1000 → 1060 (no row of the matrix)", _way_to_master(1060)),
)
