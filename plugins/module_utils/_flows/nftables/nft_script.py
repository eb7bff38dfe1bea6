# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules written for nft: the tables that we add something to, as one script.

In each table of the host that drops packets by default we own a chain a hook, a set for each group of peers, and
one jump in the host's base chain. The same text is loaded now and read again at boot, after the host's own rules
and in one transaction with them. So no line of it may ever fail there, whatever became of those: chains are
declared, never presumed, and a jump goes either to the end of its chain or to the very beginning, since an index
beyond the end would fail the whole load and leave the host without a firewall.
"""

import re
from collections import OrderedDict, namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import (
    ALL_PORTS,
    families,
    identifier,
    replies,
    span,
)
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

OURS = "fleet_ports_"
TABLE_FAMILIES = {"ip": ("ip",), "ip6": ("ip6",), "inet": ("ip", "ip6")}
NAME_LIMIT = 40
COMMENT_LIMIT = 120  # the kernel keeps 128 bytes

# sets: {name: Set}; chains: {name: (line…)}; jumps: [Jump…]
Table = namedtuple("Table", "family name sets chains jumps")
# seconds: after so many an entry is gone; None: it stays
Set = namedtuple("Set", "family cidrs seconds")
# first: the chain drops by a rule of its own, so the jump goes before it; effective: it stands where it works
Jump = namedtuple("Jump", "chain target first effective")

_SET_TYPES = {"ip": "ipv4_addr", "ip6": "ipv6_addr"}
_SET_SUFFIXES = {"ip": "_v4", "ip6": "_v6"}


def new_table(family, name):
    """Return a table in which nothing is ours yet."""
    return Table(family, name, sets=OrderedDict(), chains=OrderedDict(), jumps=[])


def tables(closed_chains, opening):
    """Return the tables that let the opening through the host's closed chains."""
    wanted = OrderedDict()
    for chain in closed_chains:
        lines = chain_lines(chain, opening)
        if lines and not chain.manager:
            table = wanted.setdefault((chain.family, chain.table), new_table(chain.family, chain.table))
            table.chains[OURS + chain.hook] = lines
            table.jumps.append(Jump(chain.name, OURS + chain.hook, first=chain.barrier is not None, effective=True))
    for table in wanted.values():
        _add_sets(table, opening)
    return list(wanted.values())


def text(wanted):
    """Return the script that makes the tables' content, where none of it is there yet."""
    return "".join(_table_text(table) for table in sorted(wanted, key=lambda table: table[:2]))


def plain(found):
    """Return tables as plain data."""
    return [list(table) for table in found]


def from_plain(data):
    """Return the tables that :func:`plain` made plain."""
    return [Table(*rest, jumps=[Jump(*jump) for jump in jumps]) for *rest, jumps in data]


def chain_lines(chain, opening):
    """Return the lines of our chain beside a closed chain: replies first, since most packets are some."""
    lines = []
    for hook, source, destination in replies(opening):
        if hook == chain.hook:
            lines += _lines(chain, source, destination, ["ct state established,related"], ["accept"], opening)
    for rule in opening.rules:
        if rule.hook == chain.hook:
            verdict = ["accept", _comment(rule.flows)]
            lines += _lines(chain, rule.source, rule.destination, _port_matches(rule), verdict, opening)
    return tuple(lines)


def undo(owned):
    """Return the script that takes away all that is ours."""
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

    Addresses are looked up last: what that costs grows with the peers, and most packets fail at the rest already.
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
    names = [f'"{name}"' for name in interfaces]
    value = names[0] if len(names) == 1 else "{ " + ", ".join(names) + " }"
    return [f"{key} {value}" for key in keys]


def _time_matches(span_of_time):
    """Return what lets packets pass within a span only: it holds in the same way for a script that is loaded at boot.

    Entries of the sets have a timeout besides; but to load them again would begin that anew.
    """
    return [f"meta time >= {span_of_time[0]} meta time < {span_of_time[1]}"] if span_of_time else []


def _comment(flows):
    comment = re.sub(r"[^ !#-~]", "_", ", ".join(flows))
    if len(comment) > COMMENT_LIMIT:
        comment = comment[: COMMENT_LIMIT - 3] + "..."
    return f'comment "{comment}"'


def _set_name(group, family):
    return OURS + identifier(group, NAME_LIMIT) + _SET_SUFFIXES[family]


def _add_sets(table, opening):
    """Give the table the sets that its lines name, and no other."""
    words = {word for lines in table.chains.values() for line in lines for word in line.split()}
    for group, addresses in opening.peers.items():
        begin, end = opening.spans.get(group, (None, None))
        for family, cidrs in addresses.items():
            name = _set_name(group, family)
            if "@" + name in words:
                table.sets[name] = Set(family, tuple(cidrs), end and end - begin)


def _table_text(table):
    blocks = [_set_text(name, *found) for name, found in sorted(table.sets.items())]
    blocks += [_block(f"chain {name}", lines) for name, lines in sorted(table.chains.items())]
    blocks += [_block(f"chain {jump.chain}", [] if jump.first else [_jump_line(jump)]) for jump in table.jumps]
    inserts = [
        f"insert rule {table.family} {table.name} {jump.chain} {_jump_line(jump)}\n"
        for jump in table.jumps
        if jump.first
    ]
    return f"table {table.family} {table.name} {{\n" + "".join(blocks) + "}\n" + "".join(inserts)


def _jump_line(jump):
    return f"jump {jump.target}" if jump.effective else f"jump {jump.target} # never reached"


def _set_text(name, family, cidrs, seconds):
    lines = [f"type {_SET_TYPES[family]}", "flags interval"]
    if seconds:
        lines[1:] = ["flags interval,timeout", f"timeout {seconds}s"]
    if cidrs:
        lines += ["elements = {", *(f"\t{cidr}," for cidr in cidrs[:-1]), f"\t{cidrs[-1]}", "}"]
    return _block(f"set {name}", lines)


def _block(head, lines):
    return f"\t{head} {{\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t}\n"
