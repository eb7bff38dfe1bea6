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

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import without_peers
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import HOOKS
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import blocked, probes
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import addresses_in
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

_MOST_ATTEMPTS = 12


class Search:
    """The search for the places of the jumps on one ruleset.

    :param stage: the :class:`stage.Stage`.
    :param loaded: the :class:`filters.Filters` to load, without what is managed.
    :param opening: the :class:`flow_rules.Opening`.
    :param manager: called with a place ``(family, table, chain)``, returns who manages it, None for the administrator.
    :param connection: SSH_CONNECTION, or empty.
    """

    def __init__(self, stage, loaded, opening, manager, connection):
        self._stage = stage
        self._loaded = loaded
        self._opening = opening
        self._manager = manager
        self._connection = connection
        self._first = OrderedDict()  # {place: whether the jump stands at the beginning}
        self._left_out = []  # CIDRs of peers
        self._kept = set()  # places of chains in which rules would not stay in force

    def result(self):
        """Return plain data: ``places``, ``left_out``, ``enforced``, ``blocked``, ``management``, ``packets``."""
        self._stage.load(self._loaded)
        trials = self._trials()
        management = probes.management(self._connection, self._stage.routes)
        known = [probes.Trial(management, (), ())] if management else []
        before = self._stage.verdicts(trials + known)
        for trial in trials:
            self._place(before[trial])
        after = before
        for _attempt in range(_MOST_ATTEMPTS):
            if not self._first:
                break
            self._stage.load(self._loaded, nft_script.text(self._tables()))
            after = self._stage.verdicts(trials + known)
            changed = [self._place(after[trial]) for trial in trials if trial.flows]
            changed += [self._leave_out(trial, before[trial]) for trial in trials if _is_overruled(before[trial], after[trial])]
            if not any(changed):
                break
        else:
            raise NotRehearsed("no place for the managed rules was found at which the result stays the same")
        self._check_others(trials, before, after)
        stopped = blocked.Blocked(self._stage, self._loaded, self._manager, self._left_out)
        return dict(
            places=self._listed(),
            left_out=self._left_out,
            enforced=[hook for hook in HOOKS if hook in _closed_hooks(before)],
            blocked=stopped.listed({trial: after[trial] for trial in trials if trial.flows}),
            management=[stopped.described(trial, after[trial]) for trial in known if after[trial]],
            managed_before=not any(before[trial] for trial in known),
            packets=len(trials),
        )

    def _trials(self):
        """Return the trials whose packets arrive where nothing is filtered: others are not for filters to judge."""
        named = self._stage.rules.addresses()
        for _command, text in self._loaded.saved:
            named |= addresses_in(text)
        planner = probes.Planner(
            self._opening, self._stage.routes, self._stage.interfaces, named, self._stage.rules.ports()
        )
        return planner.trials()

    def _tables(self):
        return nft_script.tables(nft_script.chains(self._listed()), without_peers(self._opening, self._left_out))

    def _listed(self):
        return [[*place, self._stage.rules.base_chains[place]["hook"], first] for place, first in self._first.items()]

    def _place(self, cause):
        """Have a jump where the cause is the default of a chain that may be edited; return whether that is new."""
        if not _is_default(cause) or cause.base in self._kept or not self._may_edit(cause.base, cause.hook):
            return False
        first = cause.index is not None
        if self._first.get(cause.base) or cause.base in self._first and not first:
            return False
        self._first[cause.base] = first
        return True

    def _may_edit(self, place, hook):
        is_filter = self._stage.rules.base_chains[place].get("type") == "filter"
        return hook in HOOKS and place[0] in nft_script.TABLE_FAMILIES and is_filter and not self._manager(place)

    def _leave_out(self, trial, cause):
        """Have a rule stay in force that stopped this packet; return whether that takes another attempt.

        The peers that it names are left out; if it names none, its chain gets no jump.
        """
        named = self._stage.rules.addresses_of(cause)
        if named and trial.peers:
            peer = trial.peers[0]
            # A rule may stop those that it names, or all others.
            inside = cidrs.common([peer], named)
            stopped = cidrs.common(_peers(self._opening), named) if inside else [peer]
            new = [block for block in stopped if block not in self._left_out]
            self._left_out += new
            return bool(new)
        self._kept.add(cause.base)
        return self._first.pop(cause.base, None) is not None

    def _check_others(self, trials, before, after):
        for trial in trials:
            if trial.flows and not _is_overruled(before[trial], after[trial]):
                continue
            if bool(before[trial]) != bool(after[trial]):
                raise NotRehearsed(
                    f"packet {blocked.packet(trial.probe)}, which is to fare as before, would be"
                    f" {'dropped' if after[trial] else 'let in'}"
                )


def _peers(opening):
    return [block for addresses in opening.peers.values() for listed in addresses.values() for block in listed]


def _is_default(cause):
    return cause not in (None, UNKNOWN) and not cause.names


def _is_overruled(before, after):
    """Return whether a packet passes now that was dropped by a rule with a purpose."""
    return before not in (None, UNKNOWN) and bool(before.names) and after is None


def _closed_hooks(verdicts):
    return {
        trial.probe.hook if cause == UNKNOWN else cause.hook
        for trial, cause in verdicts.items()
        if cause == UNKNOWN or _is_default(cause)
    }


