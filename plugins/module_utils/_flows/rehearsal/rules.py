# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a ruleset, as ``nft -j list ruleset`` lists them: what a dropping rule is for, and what rules name.

A rule that names a peer, an interface or anything else by which packets differ is there for a purpose. One that drops
all packets that reach it is the default of its chain, like a policy.
"""

import collections
import json
import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import PREFIX
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

# base, chain: places ``(family, table, chain)``; index: of the rule in its chain, not counting managed ones, None for the
# policy; names: the kinds of what the rule and those that led to it name; way: ``[(place, handle)]`` of all of these;
# telling: ``(place, index)`` of the rule that tells why, the last one that names something; verdict: see
# :class:`trace.Drop`
Cause = collections.namedtuple("Cause", "base hook chain index names way telling verdict")

ADDRESS, INTERFACE, PORT, OTHER = "address", "interface", "port", "other"

_FIELDS = {"saddr": ADDRESS, "daddr": ADDRESS, "sport": PORT, "dport": PORT}
_INTERFACES = {f"{end}{what}" for end in ("iif", "oif") for what in ("", "name", "group", "type", "kind")} | {"sdif", "sdifname"}
_OTHERS = {"mark", "skuid", "skgid", "cgroup", "rtclassid", "ibrname", "obrname", "ipsec", "secmark", "time", "hour", "day"}
_OF_XT = {
    "set": ADDRESS,
    "iprange": ADDRESS,
    "mac": ADDRESS,
    "physdev": INTERFACE,
    "multiport": PORT,
    "owner": OTHER,
    "mark": OTHER,
    "connmark": OTHER,
    "recent": OTHER,
}
_ADDRESS = re.compile(r"(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}(?:/\d+|-(?:\d{1,3}\.){3}\d{1,3})?)(?![\w.:])")


class Rules:
    """A ruleset that is loaded in the copy; ``listing`` is what nft lists."""

    def __init__(self, listing):
        self.base_chains = {}
        self._rules = collections.OrderedDict()
        self._sets = {}
        self._listing = listing
        for item in listing:
            ((kind, content),) = item.items()
            if kind == "chain" and "hook" in content:
                self.base_chains[content["family"], content["table"], content["name"]] = content
            elif kind in ("set", "map"):
                self._sets[content["family"], content["table"], content["name"]] = content.get("elem", [])
            elif kind == "rule":
                place = content["family"], content["table"], content["chain"]
                self._rules.setdefault(place, []).append(content)

    def cause(self, drop):
        """Return why a packet was dropped; ``drop`` is a :class:`trace.Drop`."""
        base = drop.family, drop.table, drop.base
        place = drop.family, drop.table, drop.chain
        way = tuple(((drop.family, drop.table, chain), handle) for chain, handle in drop.way)
        if drop.handle is not None:
            way += ((place, drop.handle),)
        rules = [self._rule(*step) for step in way]
        named = set().union(*map(names, rules))
        # What is dropped at the end of a chain for an interface is the default of that interface: such chains are reached
        # through a map of interfaces, or let something in.
        leading = rules if drop.handle is None else rules[:-1]
        if not any(INTERFACE in names(rule) for rule in rules[len(leading):]) and (
            self._accepts(place) or all(_is_map(rule) for rule in leading if INTERFACE in names(rule))
        ):
            named.discard(INTERFACE)
        index = None if drop.handle is None else self._index(place, drop.handle)
        telling = place, index
        for (where, handle), rule in zip(way, rules):
            if named & names(rule):
                telling = where, self._index(where, handle)
        hook = self.base_chains[base]["hook"]
        return Cause(base, hook, place, index, frozenset(named), way, telling, drop.verdict)

    def addresses_of(self, cause):
        """Return the addresses, networks and ranges that the rules of a cause name, by themselves or by a set."""
        return set().union(*(self._named_by(self._rule(*step)) for step in cause.way))

    def quarantined(self, place, above=frozenset()):
        """Return the addresses, networks and ranges that a chain seems to drop by name; ``above`` are those leading to it.

        This is read, not tried: for hosts on which nothing can be rehearsed.
        """
        found = set()
        for rule in self._rules.get(place, []):
            last = rule["expr"][-1] if rule["expr"] else {}
            target = next((last[verb]["target"] for verb in ("jump", "goto") if verb in last), None)
            called = place[:2] + (target,)
            drops = "drop" in last or "reject" in last or "vmap" in last or target and not self._accepts(called)
            if ADDRESS in names(rule):
                found |= self._named_by(rule) if drops else set()
            elif target and called not in above:
                found |= self.quarantined(called, above | {place})
        return found

    def _named_by(self, rule):
        """Return the addresses, networks and ranges that a rule names, by itself or by a set."""
        found = set()
        _find_addresses(rule["expr"], found)
        for name in re.findall(r'"@([^"]+)"', json.dumps(rule["expr"])):
            _find_addresses(self._sets.get((rule["family"], rule["table"], name), []), found)
        return found

    def accepts_icmp(self, place):
        """Return whether a chain has a rule that accepts ICMP."""
        return any("accept" in rule["expr"][-1] and "icmp" in json.dumps(rule["expr"]) for rule in self._rules[place])

    def addresses(self):
        """Return all addresses, networks and ranges that rules and sets name, as texts."""
        found = set()
        for item in self._listing:
            for kind in ("rule", "set", "map"):
                if kind in item:
                    _find_addresses(item[kind].get("expr", item[kind].get("elem", [])), found)
        return found

    def ports(self):
        """Return the ports that rules name, by themselves or by a set or map, and the ends of their ranges."""
        found = set()
        for place, rules in self._rules.items():
            for part in (part for rule in rules for part in rule["expr"]):
                for key, value in ("left", "right"), ("key", "data"):
                    content = part.get("match") or part.get("vmap") or {}
                    if PORT in _kind(content.get(key)):
                        _find_numbers(content[value], found)
                        _find_numbers(self._set(place, content[value]), found)
        return {port for port in found if 0 < port < 65536}

    def _set(self, place, name):
        """Return the elements of a set or map of a chain's table; ``name`` is what a rule has in its place."""
        return self._sets.get((*place[:2], name[1:]), []) if isinstance(name, str) else []

    def _rule(self, place, handle):
        return next(rule for rule in self._rules[place] if rule["handle"] == handle)

    def _index(self, place, handle):
        own = [rule for rule in self._rules[place] if not _is_managed_jump(rule)]
        return next((index for index, rule in enumerate(own) if rule["handle"] == handle), 0)

    def _accepts(self, place):
        return any("accept" in part for rule in self._rules.get(place, []) for part in rule["expr"])


def _is_managed_jump(rule):
    last = rule["expr"][-1] if rule["expr"] else {}
    return last.get("jump", {}).get("target", "").startswith(PREFIX) if "jump" in last else False


def _is_map(rule):
    return any("vmap" in part for part in rule["expr"])


def addresses_in(text):
    """Return the addresses of IPv4, networks and ranges in the text of a program that nft cannot list."""
    return set(filter(_are_addresses, _ADDRESS.findall(text)))


def names(rule):
    """Return the kinds of what the rule names."""
    found = set()
    for part in rule["expr"]:
        ((verb, content),) = part.items() if len(part) == 1 else (next(iter(part.items())),)
        if verb == "match":
            all_but_loopback = content.get("op") == "!=" and content["right"] == "lo"
            found |= set() if all_but_loopback else _kind(content["left"])
        elif verb == "vmap":
            found |= _kind(content["key"])
        elif verb == "xt" and isinstance(content, dict) and content.get("type") == "match":
            found |= {_OF_XT[content["name"]]} if content.get("name") in _OF_XT else set()
    return found


def _kind(left):
    """Return what kinds of things an expression looks at."""
    if isinstance(left, list):
        return set().union(*map(_kind, left)) if left else set()
    if not isinstance(left, dict):
        return set()
    found = set()
    for verb, content in left.items():
        if verb == "payload":
            # What is no field is some bytes of the packet, whatever they mean.
            named = _FIELDS.get(content["field"]) if "field" in content else OTHER
            found |= {named} if named else set()
        elif verb == "meta":
            key = content.get("key")
            found |= {INTERFACE} if key in _INTERFACES else {OTHER} if key in _OTHERS else set()
        elif verb == "ct":
            key = content.get("key", "")
            found |= {ADDRESS} if key.endswith("addr") else {OTHER} if key in ("mark", "label", "zone") else set()
        elif verb == "socket":
            found.add(OTHER)
        elif verb in ("concat", "&", "|", "^", "<<", ">>"):
            found |= _kind(content)
    return found


def _find_addresses(value, found):
    if isinstance(value, str):
        found.update(filter(_are_addresses, [value]))
    elif isinstance(value, list):
        for each in value:
            _find_addresses(each, found)
    elif isinstance(value, dict):
        if set(value) == {"prefix"} and isinstance(value["prefix"], dict):
            prefix = value["prefix"]
            found.update(filter(_are_addresses, [f"{prefix['addr']}/{prefix['len']}"]))
        elif set(value) == {"range"} and all(isinstance(end, str) for end in value["range"]):
            found.update(filter(_are_addresses, ["-".join(value["range"])]))
        else:
            for each in value.values():
                _find_addresses(each, found)


def _are_addresses(text):
    """Return whether a text is an address, a network or a range: hours and hardware addresses look like those."""
    try:
        cidrs.sorted_spans([text])
    except HostError:
        return False
    return True


def _find_numbers(value, found):
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        found.add(value)
    elif isinstance(value, (list, dict)) and "prefix" not in value:
        for each in value if isinstance(value, list) else value.values():
            _find_numbers(each, found)
