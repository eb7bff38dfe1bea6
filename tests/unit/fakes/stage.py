# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stage without a kernel: rules in Python decide about packets."""

import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import Rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP, Drop
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs
from ansible_collections.fleet.ports.tests.unit.fakes.network import INTERFACES, Routes


class Chain:
    """A base chain at a hook.

    ``rules`` are pairs: an object as nft lists it, whose last statement says what becomes of packets, and
    ``applies(trial)``, which says of which.
    """

    def __init__(self, place, hook, policy, *rules):
        self.place, self.hook, self.policy, self.rules = place, hook, policy, rules


class FakeStage:
    """A stage with these chains. What ``managed`` jumps let pass is read from the script that is loaded after them."""

    def __init__(self, *chains, **options):
        self.chains = chains
        self.routes, self.interfaces = Routes(), INTERFACES
        self.rules = Rules([])
        self.unanswered = {}
        self.loaded = []
        self._unknown = options.get("unknown", lambda trial: False)
        self._arriving = options.get("arriving", True)
        self._script = ""

    def load(self, loaded, more=""):
        self.loaded.append(loaded)
        self._script = more

    def reread(self):
        listing = []
        for prio, chain in enumerate(self.chains):  # packets meet them in this order
            family, table, name = chain.place
            base = dict(family=family, table=table, name=name, type="filter", hook=chain.hook, policy=chain.policy, prio=prio)
            listing.append({"chain": base})
            for handle, (item, _applies) in enumerate(chain.rules, 1):
                whole = dict(item["rule"], family=family, table=table, chain=name, handle=handle)
                listing.append({"rule": whole})
        self.rules = Rules(listing)

    def interface(self, probe):
        index = self.routes.to(probe.destination).interface if probe.hook == "output" else probe.interface
        return INTERFACES[index]

    def arriving(self, trials, _loaded):
        return trials if self._arriving else []

    def verdicts(self, trials):
        return {trial: self._verdict(trial) for trial in trials}

    def _verdict(self, trial):
        if self._unknown(trial):
            return "unknown"
        for chain in self.chains:
            if chain.hook == trial.probe.hook:
                cause = self._met(chain, trial)
                if cause:
                    return cause
        return None

    def _met(self, chain, trial):
        """Return why the chain drops a packet, None if it lets it pass."""
        jump = self._jump(chain, trial)
        if jump == "first":
            return None
        for handle, (item, applies) in enumerate(chain.rules, 1):
            if applies(trial):
                is_drop = "drop" in item["rule"]["expr"][-1]
                return self._cause(chain, handle) if is_drop else None
        return None if jump or chain.policy != "drop" else self._cause(chain, None)

    def _cause(self, chain, handle):
        family, table, name = chain.place
        return self.rules.cause(Drop(family, table, name, name, handle, [], DROP))

    def _jump(self, chain, trial):
        """Return where the jump stands that lets the packet pass: ``first``, ``last``, or None if none does."""
        family, table, name = chain.place
        line = r"(?:[io]ifname != (?P<spared>[^\n]*?) )?jump fleet_ports_"
        first = re.search(r"^insert rule %s %s %s %s" % (family, table, name, line), self._script, re.MULTILINE)
        last = re.search(r"table %s %s \{\n(?:.*\n)*?\tchain %s \{\n\t\t%s" % (family, table, name, line), self._script)
        found = first or last
        if not found or self.interface(trial.probe) in (found.group("spared") or "") or not self._is_open(trial):
            return None
        return "first" if first else "last"

    def _is_open(self, trial):
        """Return whether the peers of a packet are opened, and none of them is left to the host's own rules."""
        left_out, opened = [], []
        sets = re.compile(r"^add set \S+ \S+ fleet_ports_(\S+) \{\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
        for name, elements in sets.findall(self._script):
            found = re.findall(r"^\t\t([0-9a-f.:/]+),?$", elements, re.MULTILINE)
            if not name.startswith("left_out_"):
                opened += found
            elif name.startswith("left_out_" + trial.probe.hook):
                left_out += found
        opened, left_out = cidrs.sorted_spans(opened), cidrs.sorted_spans(left_out)
        numbers = [cidrs.to_number(peer) for peer in trial.peers]
        return bool(trial.flows) and all(
            cidrs.contains(opened, *number) and not cidrs.contains(left_out, *number) for number in numbers
        )


def always(_trial):
    return True


def from_peer(address):
    return lambda trial: trial.probe.source == address


def to_port(port):
    return lambda trial: trial.probe.destination_port == port
