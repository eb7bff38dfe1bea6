# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the flows of a plan require of any packet filter: rules, before a backend writes them in its own form.

A rule says which packets may *initiate* a conversation at one of the three hooks. It names groups of peers, never single
addresses, so ten thousand peers make one rule. Flows of the same shape are joined. Replies need no rule where there is
connection tracking; :func:`replies` lists the hooks at which they appear, for filters that do not accept established
traffic by themselves. A stateless filter opens the flows that only answer as well (``answers`` of the opening).
"""

import re
from collections import OrderedDict, namedtuple
from zlib import crc32

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs, port_ranges

PREFIX = "fleet_ports_"  # of the names that a packet filter has for what is managed
HOOKS = OrderedDict([("in", "input"), ("out", "output"), ("forward", "forward")])
# How many rules a filter that compares each packet with one after the other may have, unless the user says otherwise.
MAX_RULES = 2000

ALL_PORTS = ((port_ranges.LOWEST, port_ranges.HIGHEST),)

# source and destination are names of peer groups; None is any address of this host
Rule = namedtuple("Rule", "hook protocol source destination source_ports destination_ports flows")
# answers: rules for flows that begin nothing; peers: {group: {"ip": [CIDR…], "ip6": [CIDR…]}}; spans: {group: (from,
# until)}, in seconds since the epoch, for groups that are peers for a time only; parts: the rules before they are joined,
# one for each flow
Opening = namedtuple("Opening", "rules answers peers interfaces spans parts")
NOTHING = Opening(rules=(), answers=(), peers={}, interfaces=(), spans={}, parts=())

# A reply to a broadcast comes from one of the host's own addresses, so only the remote end counts.
_REPLY = {
    "input": lambda rule: ("output", None, rule.source),
    "output": lambda rule: ("input", rule.destination, None),
    "forward": lambda rule: ("forward", rule.destination, rule.source),
}

BROADCAST_ENDS = {"0.0.0.0", "255.255.255.255"}  # no reply comes from them or goes to them

# What every packet filter reads as a name, not as a pattern, the end of a name, or an option.
_INTERFACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+-]{0,14}")


def opening(flows, peers, interfaces, spans=None):
    """Return the Opening of flows and peers (groups, as lists of CIDRs); a flow without peers opens nothing."""
    addresses = _addresses(peers)
    parts = _rules([flow for flow in flows if flow["initiates"]], addresses)
    rules = _joined(parts)
    answers = _joined(_rules([flow for flow in flows if not flow["initiates"]], addresses))
    used = {group for rule in rules + answers for group in (rule.source, rule.destination)}
    return Opening(
        rules=tuple(rules),
        answers=tuple(answers),
        peers={group: addresses[group] for group in sorted(addresses) if group in used},
        interfaces=tuple(sorted({_interface(name) for name in interfaces})),
        spans={group: span for group, span in (spans or {}).items() if group in used},
        parts=tuple(parts),
    )


def _rules(flows, addresses):
    rules = [_rule(flow) for flow in flows]
    return [rule for rule in rules if families((rule.source, rule.destination), addresses)]


def _joined(rules):
    return join(join(rules, "destination_ports"), "source_ports")


def without_peers(opening, left_out):
    """Return the opening without these CIDRs among its peers, and without the rules that have no peer left."""
    if not left_out:
        return opening
    peers = {}
    for group, addresses in opening.peers.items():
        kept = {family: cidrs.without(listed, left_out) for family, listed in addresses.items()}
        peers[group] = {family: listed for family, listed in kept.items() if listed}
    rules, answers, parts = (
        tuple(rule for rule in found if families((rule.source, rule.destination), peers))
        for found in (opening.rules, opening.answers, opening.parts)
    )
    peers = {group: listed for group, listed in peers.items() if listed}
    return opening._replace(rules=rules, answers=answers, parts=parts, peers=peers)


def families(ends, peers):
    """Return the address families that both ends have; None as an end is this host, which has any."""
    groups = [group for group in ends if group is not None]
    return [family for family in ("ip", "ip6") if all(family in peers.get(group, {}) for group in groups)]


def span(ends, spans):
    """Return the time span of the first end that has one, or None."""
    return next((spans[group] for group in ends if group in spans), None)


def replies(opening):
    """Return each ``(hook, source, destination)`` where replies to the opening's conversations turn up, once."""
    found = OrderedDict.fromkeys(_REPLY[rule.hook](rule) for rule in opening.rules)
    return [reply for reply in found if all(group is None or _answers(opening.peers[group]) for group in reply[1:])]


def join(rules, field):
    """Join the rules that differ in nothing but the given ports, into the union of those."""
    joined = OrderedDict()
    for rule in rules:
        shape = rule._replace(**{field: None, "flows": None})
        joined.setdefault(shape, []).append(rule)
    return [
        shape._replace(
            flows=tuple(OrderedDict.fromkeys(flow for rule in alike for flow in rule.flows)),
            **{field: tuple(port_ranges.merge(ports for rule in alike for ports in getattr(rule, field)))},
        )
        for shape, alike in joined.items()
    ]


def identifier(group, limit):
    """Return a name for the group that every packet filter accepts, of at most ``limit`` characters."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", group)
    if name == group and len(name) <= limit:
        return name
    # Cutting and replacing must not give two groups the same name.
    return f"{name[:limit - 9]}_{crc32(group.encode('utf-8', 'surrogatepass')):08x}"


def _answers(addresses):
    return "ip6" in addresses or not BROADCAST_ENDS.issuperset(addresses.get("ip", ()))


def _rule(flow):
    direction, source, destination = flow["direction"], flow["source"], flow["destination"]
    return Rule(
        hook=HOOKS[direction],
        protocol=flow["protocol"],
        source=_group(source, local=direction == "out"),
        destination=_group(destination, local=direction == "in"),
        source_ports=_ports(flow["id"], source["ports"]),
        destination_ports=_ports(flow["id"], destination["ports"]),
        flows=(flow["id"],),
    )


def _group(end, local):
    """Return the group of peers at an end, None for this host's own end unless it names a group (of a broadcast)."""
    return end.get("peers") or (None if local else end["role"])


def _ports(flow, texts):
    try:
        ports = tuple(port_ranges.merge(port_ranges.parse(text) for text in texts))
    except HostError as error:
        raise HostError(f"Flow {flow}: {error}")
    if not ports:
        raise HostError(f"Flow {flow} names no port; write '1-65535' for all of them.")
    return ports


def listed(peers):
    """Return the peers as a list of addresses for each group, which may also be written as one text."""
    lists = {}
    for group, members in peers.items():
        if isinstance(members, str):
            members = [member for member in members.split(",") if member.strip()]
        if not isinstance(members, list):
            raise HostError(f"Peers {group}: {members!r} is not a list of addresses; use one such as ['192.0.2.0/24'].")
        lists[group] = members
    return lists


def _addresses(peers):
    addresses = {}
    for group, members in listed(peers).items():
        try:
            addresses[group] = cidrs.aggregate(members)
        except HostError as error:
            raise HostError(f"Peers {group}: {error}")
    return addresses


def _interface(name):
    if not _INTERFACE.fullmatch(name):
        raise HostError(f"{name!r} is not a valid interface name; use a name that `ip link` shows.")
    return name
