# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules written for nft: what is added to the host's tables, as one script.

In each table that drops packets by default, fleet.ports has a chain for each hook, a set for each group of peers, and
one jump in the host's base chain. The same text is loaded now and read again at boot, after the host's own rules and in
one transaction with them. So no line of it may ever fail there, whatever became of those: chains are declared, never
presumed, and a jump goes either to the end of its chain or to its very beginning, since an index beyond the end would
fail the whole load and leave the host without a packet filter.
"""

import re
from collections import OrderedDict, namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import (
    ALL_PORTS,
    PREFIX,
    families,
    identifier,
    replies,
    span,
)
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs, port_ranges

HOOKS = ("input", "output", "forward")

# Not in a folder of nftables' own, where a glob of the host's script could include it twice, or before the tables.
RULES_FILE = "/etc/fleet.ports.nft"

# A pattern that matches only this name: where the file of a plain include is missing, nft loads nothing at all.
INCLUDE = f'include "{RULES_FILE[:-1]}[{RULES_FILE[-1]}]"\n'

TABLE_FAMILIES = {"ip": ("ip",), "ip6": ("ip6",), "inet": ("ip", "ip6")}
NAME_LIMIT = 40
COMMENT_LIMIT = 120  # the kernel keeps 128 bytes

# A base chain of the host in which packets are dropped by default. first: whether a rule drops them, so that the jump has
# to stand before it, rather than the policy; spared: the interfaces whose packets are left to the host's own rules;
# manager: the program that manages the table, None for the administrator
Chain = namedtuple("Chain", "family table name hook first spared manager")
# sets: {name: Set}; chains: {name: (line…)}; jumps: [Jump…]
Table = namedtuple("Table", "family name sets chains jumps")
# seconds: the timeout of an entry, None for an entry without one
Set = namedtuple("Set", "family cidrs seconds")
# first: whether the jump stands at the beginning of the chain, before a rule that drops, rather than at its end; None if it
# stands between other rules, which is never wanted; spared:
# the interfaces whose packets do not take it
Jump = namedtuple("Jump", "chain target first spared")
Jump.__new__.__defaults__ = ((),)

_SET_TYPES = {"ip": "ipv4_addr", "ip6": "ipv6_addr"}
_SET_SUFFIXES = {"ip": "_v4", "ip6": "_v6"}


def new_table(family, name):
    """Return a table without any managed part."""
    return Table(family, name, sets=OrderedDict(), chains=OrderedDict(), jumps=[])


def tables(closed_chains, opening, left_out=None):
    """Return the tables that let the opening pass the host's closed chains.

    ``left_out`` are peers that are left to the host's own rules, ``{hook: [CIDR…]}``.
    """
    wanted = OrderedDict()
    for chain in closed_chains:
        lines = chain_lines(chain, opening)
        if lines and not chain.manager:
            table = wanted.setdefault((chain.family, chain.table), new_table(chain.family, chain.table))
            sets = _sets_left_out(chain, (left_out or {}).get(chain.hook, []))
            table.sets.update(sets)
            table.chains[PREFIX + chain.hook] = _lines_left_out(chain.hook, sets) + lines
            table.jumps.append(Jump(chain.name, PREFIX + chain.hook, first=chain.first, spared=tuple(chain.spared)))
    for table in wanted.values():
        _add_sets(table, opening)
    return list(wanted.values())


def chains(places):
    """Return places of jumps, ``[family, table, chain, hook, first, spared]``, as chains of the administrator."""
    return [Chain(*place, manager=None) for place in places]


def text(wanted):
    """Return the script that makes the content of the tables, where none of it exists yet."""
    return "".join(_table_text(table) for table in sorted(wanted, key=lambda table: table[:2]))


def plain(found):
    """Return tables as plain data."""
    return [list(table) for table in found]


def from_plain(data):
    """Return the tables of which :func:`plain` made plain data."""
    return [Table(*rest, jumps=[_noted_jump(*jump) for jump in jumps]) for *rest, jumps in data]


def _noted_jump(chain, target, first, spared):
    """Return a jump from its note; release 1.0.0 noted something else in the last place."""
    return Jump(chain, target, first, tuple(spared) if isinstance(spared, list) else ())


def chain_lines(chain, opening):
    """Return the lines of the managed chain for a closed chain: replies first, since most packets are replies."""
    lines = []
    for hook, source, destination in replies(opening):
        if hook == chain.hook:
            lines += _lines(chain, source, destination, ["ct state established,related"], ["accept"], opening)
    for rule in opening.rules:
        if rule.hook == chain.hook:
            verdict = ["accept", _comment(rule.flows)]
            lines += _lines(chain, rule.source, rule.destination, _port_matches(rule), verdict, opening)
    return tuple(lines)


def _sets_left_out(chain, peers):
    """Return the sets of peers that are left to the host's own rules at a hook, ``{name: Set}``."""
    return {
        f"{PREFIX}left_out_{chain.hook}{_SET_SUFFIXES[family]}": Set(family, tuple(listed), None)
        for family, listed in cidrs.aggregate(peers).items()
        if family in TABLE_FAMILIES[chain.family]
    }


def _lines_left_out(hook, sets):
    fields = {"input": ["saddr"], "output": ["daddr"], "forward": ["saddr", "daddr"]}[hook]
    return tuple(f"{found.family} {field} @{name} return" for name, found in sets.items() for field in fields)


def undo(owned):
    """Return the script that removes all that is managed."""
    lines = [
        f"delete rule {' '.join(place)} handle {handle}"
        for place, handles in owned.handles.items()
        for handle in handles
    ]
    for verb, kind in (("flush chain", "chains"), ("delete chain", "chains"), ("delete set", "sets")):
        for table in owned.tables:
            lines += [f"{verb} {table.family} {table.name} {name}" for name in getattr(table, kind)]
    return "".join(line + "\n" for line in lines)


def _lines(chain, source, destination, matches, verdict, opening):
    """Return one line for each address family.

    Addresses are compared last: the cost grows with the number of peers, and most packets fail at the rest already.
    """
    ends = [("saddr", source), ("daddr", destination)]
    interfaces = _interface_matches(chain.hook, opening.interfaces)
    times = _time_matches(span((source, destination), opening.spans))
    return [
        " ".join([
            *interfaces,
            *times,
            *matches,
            *(f"{family} {field} @{_set_name(group, family)}" for field, group in ends if group),
            *verdict,
        ])
        for family in families((source, destination), opening.peers)
        if family in TABLE_FAMILIES[chain.family]
    ]


def _port_matches(rule):
    matches = []
    if rule.source_ports != ALL_PORTS:
        matches.append(f"{rule.protocol} sport {_ports(rule.source_ports)}")
    if rule.destination_ports != ALL_PORTS:
        matches.append(f"{rule.protocol} dport {_ports(rule.destination_ports)}")
    return matches or [f"meta l4proto {rule.protocol}"]


def _ports(ranges):
    """Return ports as nft lists them."""
    texts = [port_ranges.form(first, last) for first, last in ranges]
    return texts[0] if len(texts) == 1 else "{ " + ", ".join(texts) + " }"


def _interface_matches(hook, interfaces):
    if not interfaces:
        return []
    keys = {"input": ["iifname"], "output": ["oifname"], "forward": ["iifname", "oifname"]}[hook]
    return [f"{key} {_names(interfaces)}" for key in keys]


def _time_matches(span_of_time):
    """Return the matches that let packets pass within a time span only, also when the script is loaded at boot.

    Entries of the sets have a timeout as well, but it begins anew when they are loaded again.
    """
    return [f"meta time >= {span_of_time[0]} meta time < {span_of_time[1]}"] if span_of_time else []


def _comment(flows):
    comment = re.sub(r"[^ !#-~]", "_", ", ".join(flows))
    if len(comment) > COMMENT_LIMIT:
        comment = comment[: COMMENT_LIMIT - 3] + "..."
    return f'comment "{comment}"'


def _set_name(group, family):
    return PREFIX + identifier(group, NAME_LIMIT) + _SET_SUFFIXES[family]


def _add_sets(table, opening):
    """Give the table the sets that its lines name, and no other ones."""
    words = {word for lines in table.chains.values() for line in lines for word in line.split()}
    for group, addresses in opening.peers.items():
        begin, end = opening.spans.get(group, (None, None))
        for family, listed in addresses.items():
            name = _set_name(group, family)
            if "@" + name in words:
                table.sets[name] = Set(family, tuple(listed), end and end - begin)


def _table_text(table):
    """Return the script of a table.

    Sets are commands of their own: nft 0.9.8 crashes on a set in a block of a table that the same script has made before.
    """
    place = f"{table.family} {table.name}"
    sets = [_set_text(f"add set {place} {name}", *found) for name, found in sorted(table.sets.items())]
    if sets:
        sets.insert(0, f"add table {place}\n")
    blocks = [_block(f"chain {name}", lines) for name, lines in sorted(table.chains.items())]
    blocks += [_block(f"chain {jump.chain}", [] if jump.first else [_jump_line(jump)]) for jump in table.jumps]
    inserts = [
        f"insert rule {place} {jump.chain} {_jump_line(jump)}\n"
        for jump in table.jumps
        if jump.first
    ]
    return "".join(sets) + f"table {place} {{\n" + "".join(blocks) + "}\n" + "".join(inserts)


def _jump_line(jump):
    """Return the jump; one that stands where none is wanted has a text of its own, which is loaded like the others."""
    line = _jump(jump)
    return f"{line}  # between other rules" if jump.first is None else line


def _jump(jump):
    if not jump.spared:
        return f"jump {jump.target}"
    key = "oifname" if jump.target == PREFIX + "output" else "iifname"
    return f"{key} != {_names(jump.spared)} jump {jump.target}"


def _names(names):
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else "{ " + ", ".join(quoted) + " }"


def _set_text(head, family, elements, seconds):
    lines = [f"type {_SET_TYPES[family]}", "flags interval"]
    if seconds:
        lines[1:] = ["flags interval,timeout", f"timeout {seconds}s"]
    if elements:
        lines += ["elements = {", *(f"\t{element}," for element in elements[:-1]), f"\t{elements[-1]}", "}"]
    return f"{head} {{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"


def _block(head, lines):
    return f"\t{head} {{\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t}\n"
