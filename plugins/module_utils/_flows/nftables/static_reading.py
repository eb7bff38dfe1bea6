# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a host drops by default, as far as its rules can be read: for hosts on which nothing can be rehearsed.

A chain counts as closed if it may drop packets without naming anything. What is not understood may drop.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import Chain
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import INTERFACE, Rules, names
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

DROP = object()  # in place of the name of a chain
_DROPS = ("drop", "reject")
_CALLS = ("jump", "goto", "vmap")
_END_WELL = ("accept", "return", "continue", "counter", "log", "match", "mangle", "dup", "set", "limit", "quota", "notrack")


def closed_chains(ruleset, is_configured):
    """Return the :class:`nft_script.Chain` of each base chain of a :class:`ruleset.Ruleset` that may drop by default.

    ``is_configured(place)`` says whether a script of the administrator makes the chain.
    """
    closed = []
    for place, hook in ruleset.base_chains.items():
        rules = ruleset.rules(place)
        by_rule = any(_may_drop(ruleset, rule, {place}) for rule in rules) or _ends_for_interfaces(rules)
        if by_rule or ruleset.policy(place) == "drop":
            manager = ruleset.manager(place, is_configured(place))
            closed.append(Chain(*place, hook=hook, first=by_rule, spared=(), manager=manager))
    return closed


def quarantined(ruleset, closed, opening):
    """Return the peers that closed chains drop by name, where a jump at their beginning would let them pass.

    They are CIDRs by hook, ``{hook: [CIDR…]}``.
    """
    rules = Rules(ruleset.listing)
    named = {}
    for chain in closed:
        if chain.first:
            named.setdefault(chain.hook, set()).update(rules.quarantined(tuple(chain[:3])))
    peers = [block for addresses in opening.peers.values() for listed in addresses.values() for block in listed]
    found = {hook: cidrs.common(peers, addresses) for hook, addresses in named.items() if addresses}
    return {hook: listed for hook, listed in found.items() if listed}


def _may_drop(ruleset, rule, above):
    """Return whether a rule may drop packets without naming anything; ``above`` are the chains that led to it."""
    last = rule["expr"][-1] if rule["expr"] else {"continue": None}
    named = names(rule)
    calls = any(verb in part for part in rule["expr"] for verb in _CALLS)
    if _is_for_known_connections(rule) or not calls and any(verb in last for verb in _END_WELL):
        return False
    if not calls:
        return not named
    if named - {INTERFACE}:  # an interface may have a chain of its own, with a default of its own
        return False
    targets = {target for part in rule["expr"] for target in _targets(part)}
    if DROP in targets:
        return True
    places = {(rule["family"], rule["table"], target) for target in targets} - above
    return any(_may_drop(ruleset, other, above | places) for place in places for other in ruleset.rules(place))


def _ends_for_interfaces(rules):
    """Return whether the chain ends in a drop of what comes by some interfaces: that is the default of those."""
    for rule in reversed(rules):
        last = rule["expr"][-1] if rule["expr"] else {}
        if names(rule) == {INTERFACE} and any(verb in last for verb in _DROPS):
            return not _is_for_known_connections(rule)
        if any(verb in part for part in rule["expr"] for verb in _CALLS + ("accept",)):
            return False
    return False


def _is_for_known_connections(rule):
    """Return whether the rule matches no packet with which a connection begins."""
    for part in rule["expr"]:
        match = part.get("match", {})
        if match.get("left") == {"ct": {"key": "state"}} and match["op"] in ("in", "=="):
            right = match["right"]
            states = right.get("set", right) if isinstance(right, dict) else right
            return "new" not in (states if isinstance(states, list) else [states])
    return False


def _targets(part):
    """Yield the chains to which a statement may lead, and DROP if it may drop."""
    for verb in ("jump", "goto"):
        if verb in part:
            yield part[verb]["target"]
    if "vmap" in part:
        key, data = part["vmap"]["key"], part["vmap"].get("data")
        if not isinstance(data, dict):  # the name of a map, which may change at any time
            yield DROP
            return
        for value, verdict in data["set"]:
            if key == {"ct": {"key": "state"}} and value != "new":
                continue
            if "drop" in verdict:
                yield DROP
            yield from _targets(verdict)
