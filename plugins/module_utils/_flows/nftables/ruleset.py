# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``nft -j list ruleset`` says about a host: which tables may be edited, and what is managed.

What is managed is turned back into the text that wrote it, so that the present and the wanted state can be compared and
shown line by line, and be loaded again. Rules that others added to it appear as ``nft list chain`` shows them. The host's
own rules are not understood here: the kernel judges them (:mod:`rehearsal`). They are only told apart from other ones.
"""

import calendar
import hashlib
import json
import re
from collections import OrderedDict, namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import PREFIX
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import (
    HOOKS,
    TABLE_FAMILIES,
    Jump,
    Set,
    new_table,
)
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

# handles: those of the managed jumps, {(family, table, chain): [handle…]}
Owned = namedtuple("Owned", "tables handles")

# What changes in a listing while the rules are the same.
_COUNTED = ("packets", "bytes", "handle", "used", "expires")
_UNORDERED = ("elem", "set")  # older releases of nft list these as the kernel hashes them
_CAN_DROP = re.compile(r'"(?:drop|reject|queue|xt|dnat|redirect|tproxy|synproxy|fwd)"')
_CHANGING_FLAGS = {"dynamic", "timeout"}
_MOMENT = re.compile(r"(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,127}")
_LISTED = re.compile(r"\t\t(.+) # handle ([0-9]+)")
_IPTABLES_CHAINS = {"INPUT", "FORWARD", "OUTPUT"}


class Ruleset:
    """A ruleset as nft lists it: a list of objects, each of one kind."""

    def __init__(self, listing):
        self.listing = listing
        self._chains = OrderedDict()
        self._rules = {}
        self._sets = OrderedDict()
        self._flags = {}
        for item in listing:
            ((kind, content),) = item.items()
            if kind == "chain":
                self._chains[_place(content, "name")] = content
            elif kind == "rule":
                self._rules.setdefault(_place(content, "chain"), []).append(content)
            elif kind == "set":
                self._sets[_place(content, "name")] = content
            elif kind == "table":
                self._flags[content["family"], content["name"]] = content.get("flags", [])

    @property
    def base_chains(self):
        """The base chains that filter, ``{(family, table, chain): hook}``, of those families and hooks that flows have."""
        return {
            place: chain["hook"]
            for place, chain in self._chains.items()
            if chain.get("type") == "filter"
            and chain["hook"] in HOOKS
            and place[0] in TABLE_FAMILIES
            and not self.is_dormant(place[:2])
        }

    @property
    def is_extended(self):
        """Whether there are extensions of iptables, of which nft lists only the names."""
        return any("xt" in part for rules in self._rules.values() for rule in rules for part in rule["expr"])

    def policy(self, place):
        """Return the policy of a base chain."""
        return self._chains[place].get("policy")

    def rules(self, place):
        """Return the rules of a chain, without the managed jumps."""
        return [rule for rule in self._rules.get(place, []) if not _is_own_jump(rule)]

    def may_drop(self):
        """Return whether anything in the ruleset could keep a packet from its way."""
        return _CAN_DROP.search(json.dumps(self.listing)) is not None

    def is_dormant(self, table):
        """Return whether a table ``(family, name)`` filters nothing, until its flag is taken away."""
        return "dormant" in self._flags.get(table, [])

    def digest(self):
        """Return a digest of all rules that are not managed."""
        kept = []
        for item in self.listing:
            ((kind, content),) = item.items()
            managed = str(content.get("chain" if kind == "rule" else "name", "")).startswith(PREFIX)
            if not managed and kind != "metainfo" and not (kind == "rule" and _is_own_jump(content)):
                kept.append((kind, _lasting(content)))
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def edited(self):
        """Return the managed chains in which there is a rule that fleet.ports did not write."""
        return [
            place
            for place in filter(_can_be_named, self._chains)
            if place[2].startswith(PREFIX) and None in map(describe, self._rules.get(place, []))
        ]

    def owned(self, listed):
        """Return all that is managed; ``listed`` is how nft lists the :meth:`edited` chains, ``{chain: text}``."""
        others = {place: _by_handle(text) for place, text in listed.items()}
        tables, handles = OrderedDict(), OrderedDict()

        def table(place):
            return tables.setdefault(place[:2], new_table(*place[:2]))

        for place, content in self._sets.items():
            if place[2].startswith(PREFIX) and _can_be_named(place):
                family = "ip6" if content["type"] == "ipv6_addr" else "ip"
                elements = cidrs.aggregate(_element(element) for element in content.get("elem", []))
                table(place).sets[place[2]] = Set(family, tuple(elements.get(family, [])), content.get("timeout"))
        for place in filter(_can_be_named, self._chains):
            if place[2].startswith(PREFIX):
                table(place).chains[place[2]] = tuple(
                    describe(rule) or others[place][rule["handle"]] for rule in self._rules.get(place, [])
                )
                continue
            for jump, handle in self._own_jumps(place):
                table(place).jumps.append(jump)
                handles.setdefault(place, []).append(handle)
        return Owned(tables=list(tables.values()), handles=handles)

    def joinable(self, tables):
        """Return these tables with those jumps only whose chain exists, and without tables that have none left.

        A table that has become dormant since is left out: to declare it is to wake it.
        """
        awake = [table for table in tables if not self.is_dormant(table[:2])]
        joined = [
            table._replace(
                jumps=[jump for jump in table.jumps if (table.family, table.name, jump.chain) in self._chains]
            )
            for table in awake
        ]
        return [after for before, after in zip(awake, joined) if after.jumps or not before.jumps]

    def _own_jumps(self, place):
        rules = self._rules.get(place, [])
        for index, rule in enumerate(rules):
            if _is_own_jump(rule):
                before, after = ([not _is_own_jump(other) for other in part] for part in (rules[:index], rules[index:]))
                # Where the host has no rule in the chain, the beginning is the end.
                first = (None if any(before) else True) if any(after) else False
                yield Jump(place[2], _target(rule["expr"]), first=first, spared=_spared(rule)), rule["handle"]

    def manager(self, place, configured):
        """Return the program that manages the table of a chain, None for the administrator.

        ``configured`` says whether a script of the administrator makes the chain.
        """
        table = place[:2]
        if not _can_be_named(place):
            return "a program that gives it a name which nft itself cannot read"
        if table == ("inet", "firewalld"):
            return "firewalld"
        if "owner" in self._flags.get(table, []):
            return "the program that owns it"
        places = [place for place in self._chains if place[:2] == table]
        extended = any("xt" in part for place in places for rule in self._rules.get(place, []) for part in rule["expr"])
        named_alike = table in (("ip", "filter"), ("ip6", "filter")) and any(
            place[2] in _IPTABLES_CHAINS for place in places
        )
        # Rules translated from those of iptables have its names too, but stand in the administrator's script.
        return "iptables" if extended or named_alike and not configured else None


def describe(rule):
    """Return the rule in nft's syntax, exactly as :mod:`nft_script` writes it; None for a rule that it does not write."""
    words = [_statement(part) for part in rule["expr"]]
    if None in words:
        return None
    if rule.get("comment"):
        words.append(f"comment {_quoted(rule['comment'])}")
    return " ".join(words)


def _by_handle(text):
    """Return the rules of a chain as nft lists them with their handles, ``{handle: rule}``."""
    return {int(found.group(2)): found.group(1) for found in map(_LISTED.fullmatch, text.splitlines()) if found}


def _can_be_named(place):
    """Return whether nft can read the names of table and chain or set: other programs may use any names."""
    return all(_NAME.fullmatch(name) for name in place[1:])


def _place(item, last):
    return item["family"], item["table"], item[last]


def _target(parts):
    for part in parts[-1:]:
        for verb in ("jump", "goto"):
            if verb in part:
                return part[verb]["target"]
    return None


def _is_own_jump(rule):
    target = _target(rule["expr"]) or ""
    return target.startswith(PREFIX) and _NAME.fullmatch(target) is not None


def _spared(rule):
    """Return the interfaces whose packets do not take a managed jump."""
    matches = [part["match"] for part in rule["expr"] if part.get("match", {}).get("op") == "!="]
    return tuple(sorted(name for match in matches for name in _members(match["right"]) if isinstance(name, str)))


def _lasting(value):
    """Return a part of a listing without what changes while the rules are the same."""
    if isinstance(value, list):
        return [_lasting(each) for each in value]
    if not isinstance(value, dict):
        return value
    changing = "elem" in value and not _CHANGING_FLAGS.isdisjoint(value.get("flags", ()))
    kept = {
        key: _lasting(each) for key, each in value.items() if key not in _COUNTED and not (changing and key == "elem")
    }
    for key in _UNORDERED:
        if isinstance(kept.get(key), list):
            kept[key] = sorted(kept[key], key=json.dumps)
    return kept


def _statement(part):
    ((verb, content),) = part.items()
    if verb in ("accept", "return"):
        return verb
    if verb == "match" and content["left"] == {"meta": {"key": "time"}} and _is_moment(content["right"]):
        return f"meta time {content['op']} {_seconds(content['right'])}"
    if verb == "match" and content["op"] in ("==", "in"):
        ((kind, key),) = content["left"].items()
        values = _members(content["right"])
        if not all(isinstance(value, (int, str)) or "range" in value for value in values):
            return None
        if kind == "payload" and "field" in key:
            return f"{key['protocol']} {key['field']} {_text(sorted(values, key=_first), _form)}"
        if kind == "meta" and key["key"] in ("iifname", "oifname"):
            return f"{key['key']} {_text(sorted(values), _quoted)}"
        if kind == "meta" and key["key"] == "l4proto":
            return f"meta l4proto {_text(values, _form)}"
        if kind == "ct" and key["key"] == "state":
            return "ct state " + ",".join(sorted(values))
    return None


def _is_moment(value):
    return isinstance(value, str) and _MOMENT.match(value)


def _seconds(moment):
    """Return a moment in seconds since the epoch; nft lists it in its time zone, which is set to UTC."""
    return calendar.timegm(tuple(map(int, _MOMENT.match(moment).groups())))


def _members(right):
    if isinstance(right, dict) and "set" in right:
        right = right["set"]
    return right if isinstance(right, list) else [right]


def _text(values, form):
    texts = [form(value) for value in values]
    return texts[0] if len(texts) == 1 else "{ " + ", ".join(texts) + " }"


def _first(value):
    """Return the sort key of a value of an anonymous set: older releases of nft list them in no order."""
    number = value["range"][0] if isinstance(value, dict) and "range" in value else value
    return (0, number, "") if isinstance(number, int) else (1, 0, number)


def _form(value):
    if isinstance(value, dict) and "range" in value:
        return "{}-{}".format(*value["range"])
    return str(value)


def _quoted(text):
    """Return a text as nft reads it; nft has no way to escape a quotation mark."""
    return '"' + re.sub(r"[^ !#-~]", "_", text) + '"'


def _element(element):
    if isinstance(element, dict) and "elem" in element:
        element = element["elem"]["val"]
    if isinstance(element, dict) and "prefix" in element:
        return f"{element['prefix']['addr']}/{element['prefix']['len']}"
    return _form(element)
