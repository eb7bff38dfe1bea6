# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backend for AIX: rules of ours, known by their mark, last before the default rule of the IP filters.

The filter is stateless and knows no port ranges; :mod:`aix_rules` says how an opening is written exactly all the same.
Where the default rule permits, there is nothing to open, and rules of ours would only deny what it permits: none stay.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lockout, lsfilt, rule_limit
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.filter import AVAILABLE, Filter, State
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.programs import Programs
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.transition import Turn
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, File, Report
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import HOOKS
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_LEFT_ALONE = ""  # what the record says of a default rule whose action we never changed


class AixIpsec:
    """The IP filters of AIX (bos.net.ipsec).

    ``default`` is the action that the default rule is to have (None: its own), ``max_rules`` how many rules may be
    ours, ``connection`` is the environment's SSH_CONNECTION.
    """

    name = "aix_ipsec"

    def __init__(self, run, find, default=None, max_rules=2000, connection=""):
        self._programs = Programs(run, find)
        self._default = default
        self._max_rules = max_rules
        self._connection = connection

    def change(self, opening, memory):
        """Return the change that opens just this; ``memory`` is what an earlier run wanted kept."""
        filters = [Filter(self._programs, family) for family in aix_rules.FAMILIES]
        if opening.rules:
            rules = aix_rules.rules(opening)
            turns = [self._open(found, rules[found.family], memory) for found in filters]
        else:
            turns = [self._give_back(found, memory) for found in filters]
        count = sum(len(turn.rules) for turn in turns)
        rule_limit.check(count, self._max_rules, opening.peers)
        before, after = zip(*(turn.shown() for turn in turns))
        return Change(
            Report(
                rules=count,
                widened=[],
                enforced=list(HOOKS.values()) if any(found.denies for found in filters) else [],
                warnings=[f"lsfilt lists {form!r}, a form that is not known; it is left alone."
                          for found in filters for form in lsfilt.unknown_forms(found.table)],
                memory=_memory(turns, memory) if opening.rules else None,
            ),
            files=[],
            running=File("IP filter rules", "".join(before).encode(), "".join(after).encode()),
            load=lambda: self._load(turns),
            live=[[turn.before.family, turn.before.items, turn.before.state] for turn in turns if turn.touched],
        )  # fmt: skip

    def restore(self, live, _paths):
        """Make the filters what they were: our rules, where they stood if the others are the same, and the state."""
        self._load([self._turn_back(Filter(self._programs, family), items, State(*state))
                    for family, items, state in live])

    def _turn_back(self, found, items, state):
        items = [item if isinstance(item, str) else lsfilt.Rule(*item) for item in items]
        ours = [item for item in items if not isinstance(item, str)]
        others = [item for item in items if isinstance(item, str)]
        same = others == [item for item in found.items if isinstance(item, str)]
        return Turn(self._programs, found, ours, state, touched=True, items=items if same else None)

    def _open(self, found, rules, memory):
        default = self._default or _before_us(found, memory).default
        if default == "permit" or not rules:
            return self._give_back(found, memory)
        if not found.denies:
            lockout.check(found.family, found.rules_with(rules), self._connection)
        return Turn(self._programs, found, rules, State(AVAILABLE, True, default), touched=True)

    def _give_back(self, found, memory):
        touched = bool(found.ours) or str(found.family) in memory
        return Turn(self._programs, found, [], _before_us(found, memory), touched)

    def _load(self, turns):
        """Do all turns: define the rules of both families first, then put them in force; or take everything back."""
        begun = []
        try:
            for turn in turns:
                begun.append(turn)
                turn.define()
            for turn in turns:
                turn.activate()
        except HostError as error:
            raise HostError(_taken_back(error, begun))


def _taken_back(error, turns):
    complaint = str(error).rstrip(".")
    try:
        for turn in reversed(turns):
            turn.take_back()
    except HostError as second:
        return (
            f"{complaint}, and putting the filter rules back failed too: {second} Run this again once that is mended."
        )
    return f"{complaint}; the filter rules were put back, nothing was changed."


def _before_us(found, memory):
    """Return the state that stood before we touched the family; a default that we left alone is what it is."""
    remembered = memory.get(str(found.family), {})
    return found.state._replace(**{name: value for name, value in remembered.items() if value != _LEFT_ALONE})


def _memory(turns, memory):
    """Return what has to be known to give the host back: of each family with rules of ours, what stood before."""
    return {str(turn.before.family): _remembered(turn, memory) for turn in turns if turn.rules} or None


def _remembered(turn, memory):
    now = turn.before.state
    first = memory.get(str(turn.before.family)) or dict(now._asdict(), default=_LEFT_ALONE)
    changes_default = turn.state.default != now.default and first["default"] == _LEFT_ALONE
    return dict(first, default=now.default) if changes_default else first
