# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as firewalld has them: a policy for each hook, and an ipset for each group of peers.

A rich rule has a port or a source port, never both. But entries of an ipset can be pairs of an address and a port, and a
rule whose *source* is such a set matches both. So a flow with two ranges is exact all the same: one range is in the set,
the other in the rule. Where sets are ipsets of the kernel, which expand each range into single ports, a set can become
too large; the flow is then opened from any source port, which a peer can choose freely in any case.
"""

from collections import OrderedDict, namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import ALL_PORTS, families, identifier, join
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

# A policy's name has at most 17 characters, a set's 31.
POLICIES = OrderedDict(
    [
        ("input", ("fleet-ports-in", "ANY", "HOST")),
        ("output", ("fleet-ports-out", "HOST", "ANY")),
        ("forward", ("fleet-ports-fwd", "ANY", "ANY")),
    ]
)
SET_PREFIX = "fports-"
SET_NAME_LIMIT = 31
UNFOLDED_LIMIT = 65536  # what an ipset of the kernel's takes by default

# What a release can express. destination_sets: a destination may be an ipset; ranges_in_sets: at no cost
Dialect = namedtuple("Dialect", "destination_sets ranges_in_sets")

# rules: [(fragment…)…], a fragment for each element of a rich rule: 'family="ipv4"', 'source ipset="x"', … 'accept'
Policy = namedtuple("Policy", "name ingress egress rules")
# kind: hash:ip, hash:net or hash:net,port
Set = namedtuple("Set", "name family kind about entries")

_VERSIONS = {"ip": "ipv4", "ip6": "ipv6"}


class Policies:
    """What has to be in firewalld for an opening: ``policies``, the ``sets`` they name, and what is ``widened``.

    ``hooks`` are those at which anything is dropped.
    """

    def __init__(self, opening, hooks, dialect):
        self._peers = opening.peers
        self._dialect = dialect
        self._sets = OrderedDict()
        self.widened = []
        self.policies = []
        rules = self._expressible([rule for rule in opening.rules if rule.hook in hooks], opening.interfaces)
        for hook, (name, ingress, egress) in POLICIES.items():
            rich_rules = [rich for rule in rules if rule.hook == hook for rich in self._rich_rules(rule)]
            if rich_rules:
                self.policies.append(Policy(name, ingress, egress, rich_rules))

    @property
    def sets(self):
        """Return the sets."""
        return list(self._sets.values())

    def _expressible(self, rules, interfaces):
        """Return the rules as they can be had: the smallest that cover what was asked for."""
        narrow, wide = [], []
        for rule in rules:
            if interfaces:
                self._widen(rule, "on every interface, not only on " + ", ".join(interfaces))
            if self._is_exact(rule):
                narrow.append(rule)
            else:
                self._widen(rule, "from any source port, not only from " + _listed(rule.source_ports))
                wide.append(rule._replace(source_ports=ALL_PORTS))
        return join(narrow + wide, "destination_ports")

    def _widen(self, rule, what):
        self.widened += [{"flow": flow, "what": what} for flow in rule.flows]

    def _is_exact(self, rule):
        end = _paired_end(rule)
        if end is None:
            return True
        if end == "destination" and not self._dialect.destination_sets:
            return False
        group, ranges = getattr(rule, end), getattr(rule, end + "_ports")
        addresses = max(len(cidrs) for cidrs in self._peers[group].values())
        unfolded = addresses * sum(last - first + 1 for first, last in ranges)
        return self._dialect.ranges_in_sets or unfolded <= UNFOLDED_LIMIT

    def _rich_rules(self, rule):
        """Yield the fragments of each rich rule that the rule takes."""
        for family in families((rule.source, rule.destination), self._peers):
            for source in self._end(rule, "source", family):
                for destination in self._end(rule, "destination", family):
                    for element in _elements(rule):
                        yield (f'family="{_VERSIONS[family]}"', *source, *destination, element, "accept")

    def _end(self, rule, end, family):
        """Return the alternatives for one end, each as its fragments."""
        group = getattr(rule, end)
        if group is None:
            return [()]
        cidrs = self._peers[group][family]
        if _paired_end(rule) == end:
            ranges = getattr(rule, end + "_ports")
            return [(f'{end} ipset="{self._pair_set(group, family, rule.protocol, ranges)}"',)]
        if len(cidrs) == 1 or end == "destination" and not self._dialect.destination_sets:
            return [(f'{end} address="{cidr}"',) for cidr in cidrs]
        return [(f'{end} ipset="{self._address_set(group, family)}"',)]

    def _address_set(self, group, family):
        entries = _entries(self._peers[group][family])
        kind = "hash:net" if any("/" in entry for entry in entries) else "hash:ip"
        return self._add_set(group, family, kind, group, entries)

    def _pair_set(self, group, family, protocol, ranges):
        texts = [f"{protocol}:{port_ranges.form(first, last)}" for first, last in ranges]
        entries = [f"{entry},{text}" for entry in _entries(self._peers[group][family]) for text in texts]
        about = f"{group}, ports {protocol} {_listed(ranges)}"
        return self._add_set(f"{group} {' '.join(texts)}", family, "hash:net,port", about, entries)

    def _add_set(self, key, family, kind, about, entries):
        suffix = "-4" if family == "ip" else "-6"
        name = SET_PREFIX + identifier(key, SET_NAME_LIMIT - len(SET_PREFIX) - len(suffix)) + suffix
        self._sets.setdefault(name, Set(name, family, kind, about, entries))
        return name


def rule_text(fragments):
    """Return a rich rule as firewall-cmd takes it and firewalld lists it."""
    return "rule " + " ".join(fragments)


def _paired_end(rule):
    """Return the end whose addresses and ports have to be pairs in a set, or None where a rich rule expresses both."""
    if ALL_PORTS in (rule.source_ports, rule.destination_ports):
        return None
    return "source" if rule.source else "destination"


def _elements(rule):
    """Return the elements that stand for the ports which no set of pairs takes care of."""
    paired = _paired_end(rule)
    if paired != "destination" and rule.destination_ports != ALL_PORTS:
        kind, ranges = "port", rule.destination_ports
    elif paired != "source" and rule.source_ports != ALL_PORTS:
        kind, ranges = "source-port", rule.source_ports
    else:
        return [f'protocol value="{rule.protocol}"']
    return [f'{kind} port="{port_ranges.form(first, last)}" protocol="{rule.protocol}"' for first, last in ranges]


def _entries(cidrs):
    """Return the entries of a set: all addresses of a family become two halves, since it has no prefix of length 0."""
    halves = {"0.0.0.0/0": ["0.0.0.0/1", "128.0.0.0/1"], "::/0": ["::/1", "8000::/1"]}
    return [entry for cidr in cidrs for entry in halves.get(cidr, [cidr])]


def _listed(ranges):
    return ", ".join(port_ranges.form(first, last) for first, last in ranges)
