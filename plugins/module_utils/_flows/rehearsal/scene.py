# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One ruleset on the stage, and the packets of an opening that are sent to it."""

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import HOOKS
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, probes
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.blocked import Blocked
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import addresses_in
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN


class Scene:
    """A ruleset as it is without what is managed, on a stage.

    :param stage: the :class:`stage.Stage`; the ruleset is loaded there.
    :param loaded: the :class:`filters.Filters`.
    :param opening: the :class:`flow_rules.Opening`.
    :param manager: called with a place ``(family, table, chain)``, returns who manages it, None for the administrator.
    :param connection: SSH_CONNECTION, or empty.

    ``trials`` are :class:`probes.Trial`, ``before`` are their verdicts without what is managed. ``exceeding`` are the
    verdicts of flows when they were sent last while all rates are exceeded, which stops some packets for a while only.
    ``unanswered`` are the causes by which answers were dropped then, while rates were kept, see :meth:`stage.Stage.verdicts`.
    """

    def __init__(self, stage, loaded, opening, manager, connection):
        self._stage = stage
        self._loaded = loaded
        self._opening = opening
        self._manager = manager
        # Each ruleset is seen as it is while rates are kept, and as it is while they are exceeded.
        self._variants = [each for each in (filters.at_rest(loaded), filters.exhausted(loaded)) if each is not None]
        stage.load(self._variants[0])
        stage.reread()
        named = stage.rules.addresses()
        for _command, text in loaded.saved:
            named |= addresses_in(text)
        planner = probes.Planner(opening, stage.routes, stage.interfaces, named, stage.rules.ports())
        self.trials = planner.trials()
        management = probes.management(connection, stage.routes)
        self._management = [probes.Trial(management, (), (), False)] if management else []
        self.exceeding, self.unanswered = {}, {}
        self.before = self.verdicts()
        self._unanswered_before = self.unanswered
        self._forget_unjudgeable()

    def _forget_unjudgeable(self):
        """Forget the packets that do not arrive where nothing is filtered either: they are not for filters to judge."""
        unknown = [trial for trial, cause in self.before.items() if cause == UNKNOWN]
        if unknown:
            lost = set(unknown) - set(self._stage.arriving(unknown, self._loaded))
            self.trials = [trial for trial in self.trials if trial not in lost]
            self._management = [trial for trial in self._management if trial not in lost]
            self.load()

    @property
    def flows(self):
        """The trials of flows."""
        return [trial for trial in self.trials if trial.flows]

    def verdicts(self, script=""):
        """Send all packets, and return ``{trial: None or Cause}``; the script of nft is loaded after the ruleset."""
        self.load(script)
        found = self._stage.verdicts(self.trials + self._management)
        self.unanswered = self._stage.unanswered
        for variant in self._variants[1:]:
            self._stage.load(variant, script)
            self.exceeding = self._stage.verdicts(self.flows)
        return found

    def load(self, script=""):
        """Load the ruleset as it is while rates are kept, and the script after it."""
        self._stage.load(self._variants[0], script)

    def passing(self, verdicts, unanswered):
        """Return how many flows have no packet that is dropped, and no answer."""
        stopped = {flow for trial in self.flows if verdicts.get(trial) or trial in unanswered for flow in trial.flows}
        return len({flow for trial in self.flows for flow in trial.flows} - stopped)

    def result(self, after, unanswered, left_out=None):
        """Return plain data about verdicts: ``enforced``, ``blocked``, ``management``, ``packets``.

        ``management`` lists the new connection to manage the host if it would be dropped, and ``was_managed`` says
        whether it passed before.
        """
        stopped = Blocked(self._stage, self._loaded, self._opening, self._manager, left_out)
        known = [(trial, self.before[trial]) for trial in self.trials]
        closed = {_hook(trial, cause) for trial, cause in known if cause and is_default(cause, True)}
        return dict(
            enforced=[hook for hook in HOOKS.values() if hook in closed],
            blocked=stopped.listed({trial: after[trial] for trial in self.flows}, unanswered),
            passing={
                "now": self.passing(self.before, self._unanswered_before),
                "then": self.passing(after, unanswered),
                "of": self.passing({}, {}),
            },
            management=[stopped.described(trial, after[trial]) for trial in self._management if after[trial]],
            was_managed=not any(self.before[trial] for trial in self._management),
            packets=len(self.trials),
        )


def is_default(cause, unknown=False):
    """Return whether a cause is the default of a chain; ``unknown`` is the answer for what left no trace."""
    return unknown if cause == UNKNOWN else bool(cause) and not cause.names


def has_purpose(cause):
    """Return whether a cause names something, so that it has to stay in force."""
    return cause not in (None, UNKNOWN) and bool(cause.names)


def _hook(trial, cause):
    return trial.probe.hook if cause == UNKNOWN else cause.hook
