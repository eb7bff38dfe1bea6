# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage of a rehearsal: the host's network and packet filters in a private network namespace, and verdicts about packets."""

from ansible_collections.fleet.ports.plugins.module_utils._flows import nft_listing
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import BROADCAST_ENDS
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, host_network, packets, trace
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.routes import Routes
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import Rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.wire import Wire

_INGRESS_HOOKS = ("ingress", "egress")


class Stage:
    """One stage in the network namespace of this process.

    :param run: runs a command, as :func:`commands.run` does.
    :param find: finds a program.
    :param network: the :class:`host_network.Network` to copy.
    """

    def __init__(self, run, find, network):
        self._run, self._find = run, find
        self._nft = find("nft")
        host_network.copy(network)
        self.interfaces = {link.index: link.name for link in network.links}
        self.routes = Routes()
        self._wire = Wire(network)
        self._tracer = trace.Tracer()
        self.rules = Rules([])
        self.unanswered = {}
        self._ingress = ""  # the rules by which packets are traced from their arrival on, where that is filtered

    def interface(self, probe):
        """Return the name of the interface by which a packet arrives, or by which this host sends it."""
        index = self.routes.to(probe.destination).interface if probe.hook == "output" else probe.interface
        return self.interfaces[index]

    def load(self, loaded, more=""):
        """Load :class:`filters.Filters`, and rules of nft after them, in place of what is loaded, and have it traced."""
        if loaded.saved:
            self.load_script("flush ruleset\n")
            filters.load_saved(self._run, loaded)
        start = "" if loaded.saved else "flush ruleset\n"
        self.load_script(start + filters.loadable(loaded.nft) + more + trace.RULES + self._ingress)

    def arriving(self, trials, loaded):
        """Return the trials whose packets arrive where nothing is filtered; ``loaded`` are the filters that are loaded."""
        self.load_script("flush ruleset\n")
        filters.clear_saved(self._run, loaded)
        found = []
        for batch in _batches(trials):
            numbered = dict(enumerate(batch, 1))
            passed = self._wire.passed({number: trial.probe for number, trial in numbered.items()})
            found += [numbered[number] for number in sorted(passed)]
        return found

    def load_script(self, script):
        """Load a script of nft."""
        self.output([self._nft, "-f", "-"], script)

    def listed(self):
        """Return the ruleset of nft as text."""
        return self.output([self._nft, "list", "ruleset"])

    def output(self, command, data=None):
        """Return what a program prints; raise NotRehearsed if it fails."""
        return filters.output(self._run, command, data=data)

    def reread(self):
        """Read what is loaded: what else is loaded after it does not change the numbers of its rules."""
        self.rules = Rules(nft_listing.read(lambda *arguments: self.output([self._nft, *arguments])))
        if not self._ingress and any(chain["hook"] in _INGRESS_HOOKS for chain in self.rules.base_chains.values()):
            self._ingress = "".join(
                trace.INGRESS.format(chain=f"arriving{index}", device=name) for index, name in self.interfaces.items() if index > 1
            )
            self.load_script(self._ingress)

    def verdicts(self, trials):
        """Return ``{trial: None or Cause}``: the cause of each that was dropped, :data:`UNKNOWN` if it left no trace.

        ``unanswered`` has from then on the causes of those that passed, being datagrams of flows, and whose answers did not.
        """
        found, self.unanswered = {}, {}
        for batch in _batches(trials):
            numbered = dict(enumerate(batch, 1))
            probes = {number: trial.probe for number, trial in numbered.items()}
            passed = self._wire.passed(probes)
            answers = self._answers(numbered, passed)
            unanswered = set(answers).difference(self._wire.continued(answers) if answers else ())
            dropped = {number: probe for number, probe in probes.items() if number not in passed}
            passed.update(self._wire.passed(dropped, packets.TRACED) if dropped else {})
            if unanswered:
                again = self._wire.passed({number: probes[number] for number in unanswered})
                self._wire.continued(self._answers(numbered, again), packets.TRACED)
            drops = self._tracer.drops(self.rules.base_chains)
            for number, trial in numbered.items():
                found[trial] = None if number in passed else self._cause(drops.get(number))
                # An answer that is lost without a trace was not for packet filters to judge.
                if number in unanswered and number in drops:
                    self.unanswered[trial] = self._cause(drops[number])
        return found

    def _answers(self, trials, passed):
        """Return the answers to packets that have just passed, ``{number: probe}``."""
        return {
            number: packets.answer(trials[number].probe, seen)
            for number, seen in passed.items()
            if self._has_answer(trials[number])
        }

    def _has_answer(self, trial):
        """Return whether a packet is answered: a datagram of a flow between two hosts."""
        probe = trial.probe
        ends = {"input": [probe.source], "output": [probe.destination], "forward": [probe.source, probe.destination]}[probe.hook]
        is_datagram = probe.protocol == "udp" and not BROADCAST_ENDS & {probe.source, probe.destination}
        return bool(is_datagram and trial.flows and all(self.routes.leads_outside(end) for end in ends))

    def _cause(self, drop):
        return self.rules.cause(drop) if drop else UNKNOWN


# A packet that nftables did not drop, and that did not arrive.
UNKNOWN = "unknown"


def _batches(trials):
    """Yield lists of trials in which none belongs to the conversation of another one."""
    left = list(trials)
    while left:
        ends, batch, later = set(), [], []
        for trial in left:
            probe = trial.probe
            here = probe.protocol, probe.source, probe.source_port, probe.destination, probe.destination_port
            back = probe.protocol, probe.destination, probe.destination_port, probe.source, probe.source_port
            if back in ends or here in ends:
                later.append(trial)
            else:
                ends.add(here)
                batch.append(trial)
        yield batch
        left = later
