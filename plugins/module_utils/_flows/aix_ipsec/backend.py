# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backend for AIX: managed rules, recognised by their mark, last before the default rule of the IP filters.

The filter is stateless and has no port ranges; :mod:`aix_rules` says how an opening is written exactly all the same.
Where the default rule permits, there is nothing to open, and managed rules would only deny what it permits, so none
remain.
"""

from ipaddress import ip_network

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lockout, lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.filter import (
    AVAILABLE,
    Filter,
    Programs,
    State,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.transition import FilterTransition
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, Report, Running
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import HOOKS
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_UNCHANGED = ""  # what the record says of a default rule whose action was never changed

# AIX can neither copy its IP filters nor ask them for a verdict.
NOT_REHEARSED = "the IP filters of AIX cannot be rehearsed"

_WIDER = {4: 24, 6: 64}


class AixIpsec:
    """The IP filters of AIX (bos.net.ipsec).

    Of the settings, ``default_action`` is what the default rule is to do (``deny``, None for its present action),
    ``max_rules`` how many managed rules are allowed.
    """

    name = "aix_ipsec"

    def __init__(self, host, _services, settings):
        self._programs = Programs(host.run, host.find)
        self._settings = settings

    def change(self, opening, memory):
        """Return the change that opens exactly this; ``memory`` is that of an earlier run."""
        filters = [Filter(self._programs, family) for family in aix_rules.FAMILIES]
        if opening.rules:
            rules = aix_rules.rules(opening)
            transitions = [self._open(found, rules[found.family], memory) for found in filters]
        else:
            transitions = [self._give_back(found, memory) for found in filters]
        count = sum(len(transition.rules) for transition in transitions)
        _check_count(count, self._settings.max_rules, opening.peers)
        before, after = zip(*(transition.shown() for transition in transitions))
        return Change(
            Report(
                rules=count,
                widened=[],
                enforced=list(HOOKS.values()) if any(found.denies for found in filters) else [],
                warnings=[
                    f"lsfilt lists {form!r}, whose form is unknown; it is left unchanged."
                    for found in filters
                    for form in lsfilt.unknown_forms(found.table)
                ],
                memory=_memory(transitions, memory) if opening.rules else None,
                not_rehearsed=NOT_REHEARSED if count else "",
            ),
            files=[],
            running=Running("IP filter rules", "".join(before).encode(), "".join(after).encode()),
            load=lambda: self._load(transitions),
            live=[
                [transition.before.family, transition.before.items, transition.before.state]
                for transition in transitions
                if transition.touched
            ],
        )

    def restore(self, live, _paths):
        """Make the filters what they were: the managed rules in their former place if the others are the same."""
        self._load(
            [self._transition_back(Filter(self._programs, family), items, State(*state)) for family, items, state in live]
        )

    def _transition_back(self, found, items, state):
        items = [item if isinstance(item, str) else lsfilt.Rule(*item) for item in items]
        managed = [item for item in items if not isinstance(item, str)]
        others = [item for item in items if isinstance(item, str)]
        same = others == [item for item in found.items if isinstance(item, str)]
        return FilterTransition(self._programs, found, managed, state, touched=True, items=items if same else None)

    def _open(self, found, rules, memory):
        default = self._settings.default_action or _state_before(found, memory).default
        if default == "permit" or not rules:
            return self._give_back(found, memory)
        if not found.denies:
            lockout.check(found.family, found.rules_with(rules), self._settings.connection)
        return FilterTransition(self._programs, found, rules, State(AVAILABLE, True, default), touched=True)

    def _give_back(self, found, memory):
        touched = bool(found.managed) or str(found.family) in memory
        return FilterTransition(self._programs, found, [], _state_before(found, memory), touched)

    def _load(self, transitions):
        """Define the rules of both families, then put them in force; take everything back if a command fails."""
        begun = []
        try:
            for transition in transitions:
                begun.append(transition)
                transition.define()
            for transition in transitions:
                transition.activate()
        except HostError as error:
            raise HostError(_taken_back(error, begun))


def _taken_back(error, transitions):
    """Take back what was begun; return the message that says so behind the error."""
    complaint = str(error).rstrip(".")
    try:
        for transition in reversed(transitions):
            transition.take_back()
    except HostError as second:
        return (
            f"{complaint}, and restoring the filter rules failed as well: {second} Correct this and run again."
        )
    return f"{complaint}; the filter rules were restored, nothing was changed."


def _check_count(count, limit, peers):
    """Raise HostError if there are more rules than the limit, naming the largest group of peers and a remedy."""
    if limit is None or count <= limit:
        return
    group = max(sorted(peers), key=lambda name: len(_networks(peers[name])))
    networks = _networks(peers[group])
    wider = {network.supernet(new_prefix=min(network.prefixlen, _WIDER[network.version])) for network in networks}
    raise HostError(
        f"The flows need {count} filter rules, but only {limit} are allowed; {group} has {len(networks)} addresses and"
        f" networks that cannot be aggregated further, but lie in {len(wider)} networks of /24 (IPv6: /64): use these"
        " networks instead, or increase the limit; nothing was changed."
    )


def _networks(addresses):
    return [ip_network(text) for name in aix_rules.FAMILIES.values() for text in addresses.get(name, ())]


def _state_before(found, memory):
    """Return the state before fleet.ports touched the family; a default action that it never changed is the present one."""
    remembered = memory.get(str(found.family), {})
    return found.state._replace(**{name: value for name, value in remembered.items() if value != _UNCHANGED})


def _memory(transitions, memory):
    """Return what has to be known to give the host back: the former state of each family with managed rules."""
    return {str(transition.before.family): _remembered(transition, memory) for transition in transitions if transition.rules} or None


def _remembered(transition, memory):
    now = transition.before.state
    first = memory.get(str(transition.before.family)) or dict(now._asdict(), default=_UNCHANGED)
    changes_default = transition.state.default != now.default and first["default"] == _UNCHANGED
    return dict(first, default=now.default) if changes_default else first
