# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the managed jumps have to stand so that the flows pass: tried out on the copy of the host, not guessed.

Without the managed rules first, the kernel says which packets are dropped, and where. Where a chain drops by default, it
gets a jump: at its end if its policy drops, else at its beginning. That is tried, until the flows pass. What a rule stops
that names a peer or an interface has to stay stopped: such peers are left out where a jump at the beginning would let
them pass. Packets that belong to no flow must fare as they did before.
"""

from collections import OrderedDict

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.blocked import packet
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.quarantine import named_peers
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import INTERFACE
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.scene import Scene, has_purpose, is_default
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN

_MOST_ATTEMPTS = 12
# The hooks in the order in which a packet comes to them.
_ORDER = {"ingress": 0, "prerouting": 1, "input": 2, "forward": 2, "output": 2, "postrouting": 3, "egress": 4}


class Search:
    """The search for the places of the jumps on one ruleset; see :class:`scene.Scene` for the parameters."""

    def __init__(self, stage, loaded, opening, manager, connection):
        self._stage = stage
        self._opening = opening
        self._manager = manager
        self._scene = Scene(stage, loaded, opening, manager, connection)
        self._first = OrderedDict()  # {place: whether the jump stands at the beginning}
        self._spared = {}  # {place: names of interfaces whose packets the jump leaves to the host's rules}
        self._left_out = {}  # {hook: CIDRs of peers that are left to the host's own rules}
        self._kept = set()  # places of chains in which rules would not stay in force
        self._stopped = {}  # {trial: cause} of packets that a rule with a purpose stops, once it is their turn

    def result(self):
        """Return plain data: ``places``, ``left_out``, ``side_effects``, and what :meth:`Scene.result` returns."""
        for cause in [self._scene.before[trial] for trial in self._scene.trials] + self._further_causes():
            self._place(cause)
        after, unanswered = self._attempts() if self._first else (self._scene.before, self._scene.unanswered)
        side_effects = self._side_effects(after)
        # Peers that were left out are dropped by default now: the reason is the rule that names them.
        after = {trial: cause and self._stopped.get(trial, cause) for trial, cause in after.items()}
        self._scene.load(self._script(self._first))  # in which the rule is looked for that dropped a packet without a trace
        found = self._scene.result(after, unanswered, self._left_out)
        return dict(found, places=self._places(), left_out=self._left_out, side_effects=side_effects)

    def passing(self, loaded):
        """Return how many flows pass with these filters."""
        self._stage.load(loaded)
        return self._scene.passing(self._stage.verdicts(self._scene.flows), self._stage.unanswered)

    def _attempts(self):
        """Load what is to be managed and see what passes, until nothing has to be placed otherwise; return the verdicts.

        With them come the causes by which answers are dropped.
        """
        self._note_purposes(self._scene.before)
        for _attempt in range(_MOST_ATTEMPTS):
            after = self._verdicts(self._first)
            unanswered = self._scene.unanswered
            self._note_purposes(after)
            causes = [after[trial] for trial in self._scene.flows] + self._further_causes()
            placed = [cause for cause in causes if self._place(cause)]
            if not placed:
                self._note_hidden_purposes()
            overruled = [trial for trial, cause in self._stopped.items() if self._comes_past(cause, after[trial])]
            if overruled:
                self._keep(overruled)
            elif not placed:
                return after, unanswered
        raise NotRehearsed("no place for the managed rules was found at which the result stays the same")

    def _further_causes(self):
        """Return the causes by which packets of flows are dropped now and then, and answers to them."""
        return [*self._scene.exceeding.values(), *self._scene.unanswered.values()]

    def _verdicts(self, places):
        """Return the verdicts with jumps at these places."""
        return self._scene.verdicts(self._script(places))

    def _script(self, places):
        chains = nft_script.chains(place for place in self._places() if tuple(place[:3]) in places)
        return nft_script.text(nft_script.tables(chains, self._opening, self._left_out))

    def _note_hidden_purposes(self):
        """Note what rules of a chain stop that are never reached, since another chain of the same hook drops before.

        Each chain is seen without its jump, while the others have theirs.
        """
        by_hook = {}
        for *place, hook, _first, _spared in self._places():
            by_hook.setdefault(hook, []).append(tuple(place))
        for count in range(max(map(len, by_hook.values()), default=0)):
            seen = {places[count] for places in by_hook.values() if len(places) > max(count, 1)}
            if seen:
                self._note_purposes(self._verdicts(set(self._first) - seen))

    def _comes_past(self, cause, later):
        """Return whether a packet comes past the chain of a cause, given where it is stopped now, if it is."""
        if later is None or later == UNKNOWN:
            return later is None
        return self._turn(later.base) > self._turn(cause.base)

    def _turn(self, place):
        """Return when a packet comes to a base chain, as something to be compared."""
        chain = self._stage.rules.base_chains[place]
        return _ORDER.get(chain["hook"], len(_ORDER)), chain["prio"]

    def _note_purposes(self, verdicts):
        for trial in self._scene.trials:
            if has_purpose(verdicts[trial]):
                self._stopped.setdefault(trial, verdicts[trial])

    def _places(self):
        """Return the places in the order in which nft lists the chains."""
        chains = self._stage.rules.base_chains
        return [
            [*place, chain["hook"], self._first[place], sorted(self._spared.get(place, ()))]
            for place, chain in chains.items()
            if place in self._first
        ]

    def _place(self, cause):
        """Have a jump where the cause is the default of a chain that may be edited; return whether that is new."""
        if not is_default(cause) or cause.base in self._kept or not self._may_edit(cause.base, cause.hook):
            return False
        first = cause.index is not None
        if self._first.get(cause.base) or cause.base in self._first and not first:
            return False
        self._first[cause.base] = first
        return True

    def _may_edit(self, place, hook):
        is_filter = self._stage.rules.base_chains[place].get("type") == "filter"
        is_known = hook in nft_script.HOOKS and place[0] in nft_script.TABLE_FAMILIES
        return is_filter and is_known and not self._manager(place)

    def _keep(self, overruled):
        """Have the rules stay in force that stopped these packets before, which pass now.

        Peers that they name are left out, and interfaces that they name. Where that does not help, a chain gets no jump.
        """
        left_out = {hook: set(peers) for hook, peers in self._left_out.items()}
        spared = {place: set(names) for place, names in self._spared.items()}
        for trial in overruled:
            cause = self._stopped[trial]
            name = self._stage.interface(trial.probe)
            peers = named_peers(self._stage.rules.addresses_of(cause), trial, self._opening)
            if peers and not set(peers) <= left_out.get(cause.hook, set()):
                known = self._left_out.setdefault(cause.hook, [])
                known += [block for block in peers if block not in known]
            elif INTERFACE in cause.names and cause.base in self._first and name not in spared.get(cause.base, ()):
                self._spared.setdefault(cause.base, set()).add(name)
            else:
                self._kept.add(cause.base)
                self._first.pop(cause.base, None)

    def _side_effects(self, after):
        """Return a sentence for each packet that belongs to no flow, and does not fare as it did before."""
        others = [trial for trial in self._scene.trials if not trial.flows and not trial.strays]
        differing = _differing(others, self._scene.before, after)
        if differing:  # seen again: rules that remember what they have seen do not always do the same
            differing = _differing(differing, self._verdicts(()), self._verdicts(self._first))
        return [
            f"packet {packet(trial.probe)}, which belongs to no flow, would be {'dropped' if after[trial] else 'let in'}"
            for trial in differing
        ]


def _differing(trials, before, after):
    return [trial for trial in trials if bool(before[trial]) != bool(after[trial])]
