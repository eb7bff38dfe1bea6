# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rule of the filter table, in the words of ``lsfilt -O`` [P], and the rules that the system brings [D].

An entry of a table is a dict: ``kind`` is ``manual`` (of genfilt), ``system`` (rule 1 of IPv4) or ``placement`` (the
place of the rules for IKE tunnels), ``fields`` the rule.
"""

import collections

FIELDS = (
    "action source source_mask destination destination_mask source_routing protocol"
    " source_operator source_port destination_operator destination_port routing direction log fragments tunnel"
    " interface expiration pattern_type pattern description"
).split()

Rule = collections.namedtuple("Rule", FIELDS)

ANYWHERE = {"4": ("0.0.0.0", "0.0.0.0"), "6": ("::", "0")}
PLACEMENT_TEXT = "*** Dynamic filter placement rule for IKE tunnels ***"


def rule(family, **given):
    """Return a rule with the defaults of genfilt [C]."""
    address, mask = ANYWHERE[family]
    fields = {
        "action": "permit", "source": address, "source_mask": mask, "destination": address, "destination_mask": mask,
        "source_routing": "yes", "protocol": "all", "source_operator": "any", "source_port": "0",
        "destination_operator": "any", "destination_port": "0", "routing": "both", "direction": "both", "log": "no",
        "fragments": "all packets", "tunnel": "0", "interface": "all", "expiration": "0", "pattern_type": "",
        "pattern": "", "description": "",
    }  # fmt: skip
    fields.update(given)
    return Rule(**fields)


def system_entries(family):
    """Return the entries of a table that nobody has edited."""
    ike = rule(family, source_routing="no", protocol="udp", source_operator="eq", source_port="4001",
               destination_operator="eq", destination_port="4001", description="Default Rule")  # fmt: skip
    placement = {"kind": "placement", "fields": ["no"]}
    return [{"kind": "system", "fields": list(ike)}, placement] if family == "4" else [placement]


def default(family, action):
    """Return the rule for all packets that no other one matches."""
    return rule(family, action=action, description="Default Rule")


def short(number, entry, with_description=True):
    """Return the line of ``lsfilt -O``."""
    if entry["kind"] == "placement":
        return f"{number}|{PLACEMENT_TEXT}|{entry['fields'][0]}"
    found = Rule(*entry["fields"])
    return "|".join((str(number),) + (found if with_description else found._replace(description="")))


def long(number, entry, with_description=True):
    """Return the paragraph of ``lsfilt`` without ``-O`` [D]."""
    if entry["kind"] == "placement":
        return f"Rule {number}:\n{PLACEMENT_TEXT}\nLogging control     : {entry['fields'][0]}\n"
    found = Rule(*entry["fields"])
    is_icmp = found.protocol.startswith("icmp")
    lines = (
        ("Rule action", found.action), ("Source Address", found.source), ("Source Mask", found.source_mask),
        ("Destination Address", found.destination), ("Destination Mask", found.destination_mask),
        ("Source Routing", found.source_routing), ("Protocol", found.protocol),
        ("ICMP type" if is_icmp else "Source Port", f"{found.source_operator:<3} {found.source_port}"),
        ("ICMP code" if is_icmp else "Destination Port", f"{found.destination_operator:<3} {found.destination_port}"),
        ("Scope", found.routing), ("Direction", found.direction), ("Logging control", found.log),
        ("Fragment control", found.fragments), ("Tunnel ID number", found.tunnel), ("Interface", found.interface),
        ("Auto-Generated", "yes" if entry["kind"] == "system" else "no"), ("Expiration Time", found.expiration),
        ("Description", found.description if with_description else ""),
    )  # fmt: skip
    return f"Rule {number}:\n" + "".join(f"{name:<20}: {value}\n" for name, value in lines)
