# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flags of genfilt and chfilt [C], checked and turned into a rule's fields."""

import ipaddress

from .filter_rule import ANYWHERE

FLAGS = "v:n:a:s:m:d:M:g:c:o:p:O:P:r:w:l:f:t:i:D:e:x:X:C:"

ACTIONS = {"D": "deny", "P": "permit", "I": "if", "L": "else", "E": "endif", "H": "shun_host", "S": "shun_port"}
ROUTINGS = {"R": "route", "L": "local", "B": "both"}
DIRECTIONS = {"I": "inbound", "O": "outbound", "B": "both"}
YES_NO = {"Y": "yes", "N": "no"}
FRAGMENTS = {
    "Y": "all packets",
    "N": "unfragmented packets only",
    "O": "fragments and fragment headers only",
    "H": "fragment headers and unfragmented packets only",
}
OPERATORS = ("lt", "le", "gt", "ge", "eq", "neq", "any")
PROTOCOLS = ("udp", "icmp", "icmpv6", "tcp", "tcp/ack", "ospf", "ipip", "esp", "ah", "all")

# Flag, field, and the words for its values: capitals, but field notes show small letters to work as well.
WORDS = (
    ("a", "action", ACTIONS), ("g", "source_routing", YES_NO), ("r", "routing", ROUTINGS),
    ("w", "direction", DIRECTIONS), ("l", "log", YES_NO), ("f", "fragments", FRAGMENTS),
)  # fmt: skip
PATTERNS = (("x", "Pattern"), ("X", "Pattern File"), ("C", "Anti-Virus Patterns"))


def family(program, options):
    """Return the address family, ``4`` or ``6``."""
    found = options.get("v")
    if found not in ("4", "6"):
        program.fail("-v must be 4 or 6.")
    return found


def fields(program, options):
    """Return the fields that the options name, as a dict."""
    version = family(program, options)
    found = {}
    for flag, field, words in WORDS:
        if flag in options:
            value = options[flag].upper()
            if value not in words:
                program.fail(f"-{flag} can't be {options[flag]!r}.")
            found[field] = words[value]
    found.update(_addresses(program, version, options))
    found.update(_protocol(program, options))
    found.update(_comparisons(program, options))
    found.update(_numbers(program, options))
    if "i" in options:
        found["interface"] = options["i"]
    for flag, kind in PATTERNS:
        if flag in options:
            found.update(pattern_type=kind, pattern=options[flag])
    if "D" in options:
        limit = program.state["unknowns"]["description_limit"]
        found["description"] = options["D"][:limit]
    return found


def _addresses(program, version, options):
    found = {}
    for flag, mask_flag, name in (("s", "m", "source"), ("d", "M", "destination")):
        if flag in options:
            found[name] = _address(program, version, options[flag], flag)
            # A destination without a mask is one host; without an address, the mask says nothing [C].
            found[name + "_mask"] = "255.255.255.255" if version == "4" else "128"
        if mask_flag in options:
            found[name + "_mask"] = _mask(program, version, options[mask_flag], mask_flag)
    return found


def _address(program, version, text, flag):
    if text == "0":  # seen in field notes
        return ANYWHERE[version][0]
    try:
        return str((ipaddress.IPv4Address if version == "4" else ipaddress.IPv6Address)(text))
    except ValueError:
        return program.fail(f"-{flag}: {text!r} is no IPv{version} address, and no such host is known.")


def _mask(program, version, text, flag):
    if text == "0":
        return ANYWHERE[version][1]
    try:
        if version == "6":
            return str(ipaddress.IPv6Network(f"::/{int(text)}").prefixlen)
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        return program.fail(f"-{flag}: {text!r} is no mask.")


def _protocol(program, options):
    if "c" not in options:
        return {}
    name = options["c"].lower()
    if name not in PROTOCOLS and not (name.isdigit() and 1 <= int(name) <= 252):
        program.fail(f"-c can't be {options['c']!r}.")
    return {"protocol": name}


def _comparisons(program, options):
    found = {}
    for flag, port_flag, name in (("o", "p", "source"), ("O", "P", "destination")):
        if flag in options:
            if options[flag] not in OPERATORS:
                program.fail(f"-{flag} can't be {options[flag]!r}.")
            found[name + "_operator"] = options[flag]
        if port_flag in options:
            if not options[port_flag].isdigit() or int(options[port_flag]) > 65535:
                program.fail(f"-{port_flag}: {options[port_flag]!r} is no port.")
            found[name + "_port"] = str(int(options[port_flag]))
    return found


def _numbers(program, options):
    found = {}
    for flag, name in (("t", "tunnel"), ("e", "expiration")):
        if flag in options:
            if not options[flag].isdigit():
                program.fail(f"-{flag}: {options[flag]!r} is no number.")
            found[name] = str(int(options[flag]))
    return found
