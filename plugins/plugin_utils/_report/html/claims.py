# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host claims for itself, each claim with its reason and with the place in the sources that asks for it.

The plan says what a host names, holds and pins; it need not say why. Whoever reads the page wants to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

_NAMED_IN = {
    "rmcp": "000, 13.1 Fencing IPMI IP ports",
    "rmcps": "000, 13.1 Fencing IPMI IP ports",
    "nim": "002, NIM (nim/nimreg)",
    "nimreg": "002, NIM (nim/nimreg)",
    "nimsh": "002, NIMSH",
    "nimaux": "002, NIMSH",
}
_HELD = ("the BMC takes what arrives at this port, so that a program which has it waits in vain", "000, Resolution")
_PINNED = {
    "mountd": ("a firewall needs to know its port, which it otherwise chooses at each start", "002, NFS"),
    "lockd": ("a firewall needs to know its port, which it otherwise chooses at each start", "002, NFS"),
    "statd": ("as mountd and lockd, where the system can pin it; AIX cannot", "002, NFS, note on statd"),
}

# More than a sentence can carry.
_MOST_CLIENTS = 5


class Claim(NamedTuple):
    verb: str
    what: str
    port: int
    protocol: str
    reason: str
    reference: str


def claims_of(plan: Plan) -> Iterator[Claim]:
    """Yield what the host names, holds and pins."""
    for entry in plan["services"]:
        reference = _NAMED_IN.get(entry["name"], "")
        yield Claim("named", entry["name"], entry["port"], entry["protocol"], entry["comment"], reference)
    for port, holds in groupby(plan["holds"], key=itemgetter("port")):
        yield Claim("held", "", port, ", ".join(hold["protocol"] for hold in holds), *_HELD)
    for pin, port in plan["pins"].items():
        if port is not None:
            yield Claim("pinned", pin, port, "tcp, udp", *_PINNED[pin])


def notes_on(plan: Plan) -> Iterator[str]:
    """Yield what else limits what is opened, a sentence each."""
    if plan["interfaces"]:
        yield f"The flows are opened on these interfaces only: {', '.join(plan['interfaces'])}."
    if plan["window"] is not None:
        named = join_limited(list(plan["window"]["clients"]), _MOST_CLIENTS) or "nobody"
        yield f"What an installation needs is open for {plan['window']['seconds']} seconds at a time, to {named}."
    if plan["retired"] is not None:
        yield f"Retired: it is not to trust {', '.join(plan['retired']['masters']) or 'any master'} any more."
