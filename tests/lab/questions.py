# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo asks the hosts, before and after: each question is a sentence and a function that finds the answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from .fleet import host
from .handle import HostHandle
from .lab import Lab
from .probes import connect, takeable

# A refusal comes from the peer itself: the way to it is open, though nobody listens in this lab.
WAYS = {"accepted": "open", "refused": "open", "blocked": "blocked"}


def _holder_of_664(lab: Lab) -> str:
    listing = HostHandle(lab, "bmc01").run("ss -Hulnp sport = :664")
    found = re.search(r'"([^"]+)",pid=([0-9]+)', listing)
    if found is None:
        return "nobody"
    program, pid = found.groups()
    return "fleet.ports (no process: PID 1 keeps the socket)" if pid == "1" else f"{program} (PID {pid})"


def _takeable(lab: Lab) -> str:
    taken = {re.sub(r"^(\w+) .*:(\d+)$", r"\2/\1", each) for each in takeable(HostHandle(lab, "bmc01"))}
    return " ".join(sorted(taken)) or "none"


def _rpc_ports(lab: Lab) -> str:
    ports = {}
    for line in HostHandle(lab, "nfs01").run("rpcinfo -p").splitlines()[1:]:
        _program, _version, _protocol, port, name = line.split()[:5]
        ports.setdefault(name, set()).add(port)
    return ", ".join(f"{name} {' '.join(sorted(ports.get(name, '?')))}" for name in ("mountd", "nlockmgr", "status"))


def _way_to_master(port: int) -> Callable[[Lab], str]:
    def ask(lab: Lab) -> str:
        return WAYS[connect(HostHandle(lab, "client01"), 1000, host("master01").address, port)]

    return ask


QUESTIONS = (
    ("bmc01: who has UDP 664", _holder_of_664),
    ("bmc01: which of the BMC's ports a program can take", _takeable),
    ("nfs01: where its RPC daemons are", _rpc_ports),
    ("client01 → master01, TCP 1000 → 1058 (nim)", _way_to_master(1058)),
    ("client01 → master01, TCP 1000 → 1059 (nimreg)", _way_to_master(1059)),
    ("client01 → master01, TCP 1000 → 1060 (no row of the matrix)", _way_to_master(1060)),
)
