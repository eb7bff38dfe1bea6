# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ports that a host names, holds and pins, each with its reason and its reference into the sources.

The plan contains the ports only; the page also explains them.
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
_HELD = ("the BMC takes the packets for this port, so a program that binds it never receives them", "000, Resolution")
_PINNED = {
    "mountd": ("a firewall rule needs a fixed port; without a pin it changes at each start", "002, NFS"),
    "lockd": ("a firewall rule needs a fixed port; without a pin it changes at each start", "002, NFS"),
    "statd": ("like mountd and lockd, on systems that can pin it; AIX cannot", "002, NFS, note on statd"),
}

# How many clients a sentence lists.
_MOST_CLIENTS = 5


class Claim(NamedTuple):
    verb: str
    what: str
    port: int
    protocol: str
    reason: str
    reference: str


def claims_of(plan: Plan) -> Iterator[Claim]:
    """Yield the ports that the host names, holds and pins."""
    for entry in plan["services"]:
        reference = _NAMED_IN.get(entry["name"], "")
        yield Claim("named", entry["name"], entry["port"], entry["protocol"], entry["comment"], reference)
    for port, holds in groupby(plan["holds"], key=itemgetter("port")):
        yield Claim("held", "", port, ", ".join(hold["protocol"] for hold in holds), *_HELD)
    for pin, port in plan["pins"].items():
        if port is not None:
            yield Claim("pinned", pin, port, "tcp, udp", *_PINNED[pin])


def notes_on(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each setting that limits what is opened, and when."""
    if plan["interfaces"]:
        yield f"Flows are opened only on these interfaces: {', '.join(plan['interfaces'])}."
    if plan["window"] is not None:
        named = join_limited(list(plan["window"]["clients"]), _MOST_CLIENTS) or "no clients"
        yield f"The flows of an installation are opened for {plan['window']['seconds']} seconds at a time, for {named}."
    if plan["retired"] is not None:
        yield f"Retired: it no longer trusts {', '.join(plan['retired']['masters']) or 'any master'}."
