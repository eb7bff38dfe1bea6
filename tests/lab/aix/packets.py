# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Would this packet pass? The active table is asked as the kernel does it: first match, packet by packet, no state.

Where IBM says nothing (lo0, fragments, the unit of an expiration time) ``unknowns`` of the state decides. Without the
device nothing is filtered; with it, but without an active table, the default's action holds [S].
"""

import collections
import functools
import ipaddress
import time

from .filter_rule import Rule

Packet = collections.namedtuple(
    "Packet",
    "direction source destination protocol source_port destination_port ack routed interface fragment source_routed",
)

COMPARE = {
    "any": lambda port, number: True,
    "eq": lambda port, number: port == number,
    "neq": lambda port, number: port != number,
    "lt": lambda port, number: port < number,
    "le": lambda port, number: port <= number,
    "gt": lambda port, number: port > number,
    "ge": lambda port, number: port >= number,
}

FRAGMENTS = {
    "all packets": ("whole", "first", "later"),
    "unfragmented packets only": ("whole",),
    "fragments and fragment headers only": ("first", "later"),
    "fragment headers and unfragmented packets only": ("whole", "first"),
}


def packet(
    direction, source, destination, protocol, source_port=0, destination_port=0, ack=False,
    routed=False, interface="en0", fragment="whole", source_routed=False,
):  # fmt: skip
    """Return a packet; for icmp the ports are type and code."""
    return Packet(direction, source, destination, protocol, int(source_port), int(destination_port), ack, routed,
                  interface, fragment, source_routed)  # fmt: skip


def passes(state, asked):
    """Tell whether the packet passes."""
    family = str(ipaddress.ip_address(asked.source).version)
    tables = state["filters"][family]
    unfiltered_loopback = asked.interface == "lo0" and not state["unknowns"]["loopback_is_filtered"]
    if state["devices"].get("ipsec_v" + family) != "Available" or unfiltered_loopback:
        return True
    active = tables["active"]
    if active is None:
        return tables["default"] == "permit"
    age = (time.time() - active["since"]) / state["unknowns"]["seconds_of_expiration_unit"]
    for entry in active["entries"]:
        if entry["kind"] != "placement" and _matches(Rule(*entry["fields"]), asked, age, state["unknowns"]):
            return entry["fields"][0] == "permit"
    return active["default"] == "permit"


def _matches(rule, asked, age, unknowns):
    if rule.action not in ("permit", "deny"):
        raise NotImplementedError(f"rules of the action {rule.action} aren't simulated")
    return (
        rule.expiration in ("0",) or age <= int(rule.expiration)
    ) and (
        rule.direction in ("both", asked.direction)
        and rule.routing in ("both", "route" if asked.routed else "local")
        and rule.interface in ("all", asked.interface)
        and asked.fragment in FRAGMENTS[rule.fragments]
        and not (asked.source_routed and rule.source_routing == "no")
        and _within(asked.source, rule.source, rule.source_mask)
        and _within(asked.destination, rule.destination, rule.destination_mask)
        and _protocol_matches(rule, asked, unknowns)
    )  # fmt: skip


@functools.lru_cache(maxsize=None)
def _within(address, network, mask):
    found = ipaddress.ip_address(address)
    bits = int(ipaddress.IPv4Address(mask)) if found.version == 4 else int(ipaddress.IPv6Network("::/" + mask).netmask)
    return int(found) & bits == int(ipaddress.ip_address(network)) & bits


def _protocol_matches(rule, asked, unknowns):
    if rule.protocol == "tcp/ack":
        if asked.protocol != "tcp" or not asked.ack:
            return False
    elif rule.protocol not in ("all", asked.protocol):
        return False
    names_a_port = rule.source_operator != "any" or rule.destination_operator != "any"
    if names_a_port and asked.fragment == "later":
        return unknowns["ports_match_later_fragments"]
    return COMPARE[rule.source_operator](asked.source_port, int(rule.source_port)) and COMPARE[
        rule.destination_operator
    ](asked.destination_port, int(rule.destination_port))
