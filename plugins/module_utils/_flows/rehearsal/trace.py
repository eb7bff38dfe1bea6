# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where nftables dropped a packet, from the kernel's own trace: table, chain, rule, and how the packet came there."""

import collections
import struct

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import netlink, packets
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed

# family: of the table; base: the base chain from which the rule was reached; chain: its own; handle: that of the rule,
# None for the policy; way: ``[(chain, handle)]`` of the rules that led from the base chain to the chain; verdict: DROP,
# QUEUE or STOLEN
Drop = collections.namedtuple("Drop", "family table base chain handle way verdict")

DROP, STOLEN, QUEUE = "drop", "stolen", "queue"

# The table that has packets traced which have a certain time to live. Its priority is that of no other chain.
TABLE = "fleet_ports_trace"
RULES = f"""table inet {TABLE} {{
    chain arriving {{
        type filter hook prerouting priority -2000000000;
        ip ttl {packets.TRACED} meta nftrace set 1
        ip6 hoplimit {packets.TRACED} meta nftrace set 1
    }}
    chain sent {{
        type filter hook output priority -2000000000;
        ip ttl {packets.TRACED} meta nftrace set 1
        ip6 hoplimit {packets.TRACED} meta nftrace set 1
    }}
}}
"""
INGRESS = f"""table netdev {TABLE} {{{{
    chain {{chain}} {{{{
        type filter hook ingress device "{{device}}" priority -2000000000;
        ip ttl {packets.TRACED} meta nftrace set 1
        ip6 hoplimit {packets.TRACED} meta nftrace set 1
    }}}}
}}}}
"""

_GROUP = 9  # NFNLGRP_NFTRACE
_TRACE = 10 << 8 | 17  # NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE
_BUFFER = 64 << 20
_TABLE, _CHAIN, _HANDLE, _KIND, _VERDICT, _ID, _NETWORK_HEADER = 1, 2, 3, 4, 5, 6, 8
_POLICY, _RULE = 1, 3  # NFT_TRACETYPE_…
_CODE, _TARGET = 1, 2  # NFTA_VERDICT_…
_JUMPS = (-3, -4)  # NFT_JUMP, NFT_GOTO
_OF_NFTABLES = range(-5, 0)  # NFT_RETURN to NFT_CONTINUE: verdicts that end nothing
_ENDS = {0: DROP, 2: STOLEN, 3: QUEUE}  # NF_…
_FAMILIES = {1: "inet", 2: "ip", 5: "netdev", 7: "bridge", 10: "ip6"}


class Tracer:
    """What the kernel says about traced packets; ``base_chains`` are places ``(family, table, chain)``."""

    def __init__(self):
        self._kernel = netlink.Netlink(netlink.NETFILTER, [_GROUP])
        self._kernel.listen(_BUFFER)

    def drops(self, base_chains):
        """Return ``{number: Drop}`` of the probes that nftables dropped since the last call."""
        events = collections.OrderedDict()
        numbers = {}
        try:
            for kind, content in self._kernel.heard():
                if kind == _TRACE:
                    _note(content, numbers, events)
        except OSError:
            raise NotRehearsed("the kernel traces more packets than can be read")
        found = {number: _drop(steps, base_chains) for number, steps in events.items()}
        return {number: drop for number, drop in found.items() if drop}

    def close(self):
        self._kernel.close()


def _note(content, numbers, events):
    """Note a message under the number of its packet, which only the first message about a packet at a hook has."""
    attributes = dict(netlink.unpack(content[4:]))
    packet = attributes[_ID]
    if _NETWORK_HEADER in attributes:
        numbers[packet] = packets.number_of_header(attributes[_NETWORK_HEADER])
    if numbers.get(packet) is not None:
        events.setdefault(numbers[packet], []).append((_FAMILIES.get(content[0], "inet"), attributes))


def _drop(steps, base_chains):
    """Return where the packet of these steps was dropped, or None."""
    way, last = [], None
    for family, attributes in steps:
        kind = struct.unpack("!I", attributes[_KIND])[0]
        table, chain = _text(attributes[_TABLE]), _text(attributes[_CHAIN])
        if (family, table, chain) in base_chains:
            way = []
        while way and way[-1][2] != chain:
            way.pop()
        handle = struct.unpack("!Q", attributes[_HANDLE])[0] if _HANDLE in attributes else None
        code, target = _verdict(attributes)
        if kind in (_RULE, _POLICY) and code is not None and code not in _OF_NFTABLES and code & 0xFF in _ENDS:
            base = way[0][0] if way else chain
            last = Drop(family, table, base, chain, handle, [step[:2] for step in way], _ENDS[code & 0xFF])
        elif kind == _RULE and code in _JUMPS:
            way.append((chain, handle, target))
    return last


def _verdict(attributes):
    """Return ``(code, chain)`` of a verdict; the code of a policy stands by itself."""
    inner = dict(netlink.unpack(attributes.get(_VERDICT, b"")))
    if _CODE in inner:
        return struct.unpack("!i", inner[_CODE])[0], _text(inner.get(_TARGET, b""))
    return (struct.unpack("!i", attributes[16])[0], "") if 16 in attributes else (None, "")


def _text(content):
    return content.rstrip(b"\0").decode("utf-8", "surrogateescape")
