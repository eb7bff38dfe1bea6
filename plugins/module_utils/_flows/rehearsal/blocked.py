# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops a flow all the same: the rule in the host's own words, whose it is, and whether a run may go on.

A rule that names some peers or an interface, and lets others of the same flow pass, is there for a purpose: a quarantine.
It stays in force and is reported. What stops a flow as a whole, or by default at a place where nothing is opened, makes
the flow impossible, which is ``fatal``.
"""

import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, legacy
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.quarantine import named_peers
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import ADDRESS, INTERFACE
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

MOST = 200  # entries

_MOST_LEGACY = 12  # peers for whom the rule of iptables-legacy is looked for: each takes two listings
_NAMES = re.compile(r"(?:^| )(?:-s|-d|-i|-o|--match-set|--src-range|--dst-range|--mac-source) ")
_PURPOSES = {ADDRESS, INTERFACE}
_DECLARATIONS = ("type ", "policy ", "comment ")


class Blocked:
    """The blocked flows of one ruleset.

    :param stage: the :class:`stage.Stage`.
    :param loaded: the :class:`filters.Filters`, in which rules are found as the host has them.
    :param opening: the :class:`flow_rules.Opening`.
    :param manager: called with a place ``(family, table, chain)``, returns who manages it, None for the administrator.
    :param left_out: peers that are left to the host's own rules, since one that names them has to stay in force, as
        ``{hook: [CIDR…]}``.
    """

    def __init__(self, stage, loaded, opening, manager, left_out=None):
        self._stage = stage
        self._loaded = loaded
        self._opening = opening
        self._manager = manager
        self._left_out = left_out or {}
        self._legacy = {}

    def listed(self, verdicts, unanswered):
        """Return ``[{flow, packet, interface, peers, hook, table, chain, rule, owner, fatal}]``, one for each rule.

        ``verdicts`` are those of the trials of flows, ``{trial: None or Cause}``, ``unanswered`` the causes by which answers
        to those that pass are dropped. ``packet`` is an example, ``peers`` are those that the rule names, empty if it stops
        all.
        """
        passing = {flow for trial, cause in verdicts.items() if cause is None for flow in trial.flows}
        found = {}
        for trial, cause in [*verdicts.items(), *unanswered.items()]:
            if cause is not None:
                described = self.described(trial, cause)
                peers = self._stopped_peers(trial, cause)
                for flow in trial.flows:
                    fatal = not peers or flow not in passing
                    key = flow, described["interface"], described["table"], described["chain"], described["rule"]
                    entry = found.setdefault(key, dict(described, flow=flow, fatal=fatal, peers=[]))
                    entry["peers"] += [peer for peer in peers if peer not in entry["peers"]]
        return sorted(found.values(), key=lambda entry: not entry["fatal"])[:MOST]

    def described(self, trial, cause):
        """Return the entry of a packet that is dropped, without its flow."""
        shown = dict(packet=packet(trial.probe), interface=self._stage.interface(trial.probe))
        if cause == UNKNOWN:
            return dict(self._of_legacy(trial), hook=trial.probe.hook, **shown)
        (family, table, chain), _index = cause.telling
        rule = self._quoted(*cause.telling)
        if cause.verdict != DROP:
            rule += " (its verdict is another program's, which cannot be rehearsed)"
        return dict(
            hook=cause.hook,
            table=f"{family} {table}",
            chain=chain,
            rule=rule,
            owner=self._manager(cause.base) or "",
            **shown
        )

    def _stopped_peers(self, trial, cause):
        """Return the peers that a rule stops for a purpose, as CIDRs; none if it is the default, or not for some of them."""
        if cause == UNKNOWN:
            # The rule's own words tell whether it names the peer, or the interface.
            return list(trial.peers[:1]) if _NAMES.search(self._of_legacy(trial)["rule"]) else []
        if cause.names & _PURPOSES:
            named = named_peers(self._stage.rules.addresses_of(cause), trial, self._opening)
            return named or list(trial.peers[:1])
        left_out = self._left_out.get(trial.probe.hook, [])
        return cidrs.common(list(trial.peers), left_out) if left_out else []

    def _of_legacy(self, trial):
        peer = trial.peers[0] if trial.peers and len(self._legacy) < _MOST_LEGACY else ""
        key = trial.probe.hook, ":" in trial.probe.source, peer
        if key not in self._legacy:
            self._legacy[key] = legacy.dropping_rule(self._stage, self._loaded.saved, trial)
        return self._legacy[key]

    def _quoted(self, place, index):
        """Return a rule as the host lists it; without an index, the policy of its chain."""
        family, table, chain = place
        if index is None:
            return "policy drop"
        block = re.search(
            rf"^table {re.escape(family)} {re.escape(table)} \{{.*?^\tchain {re.escape(chain)} \{{\n(.*?)^\t\}}",
            self._loaded.nft,
            re.MULTILINE | re.DOTALL,
        )
        if block:
            lines = [line.strip() for line in block.group(1).splitlines()]
            lines = [line for line in lines if line and not line.startswith(_DECLARATIONS) and not line.startswith("#")]
        else:
            lines = [
                line
                for command, text in self._loaded.saved
                if not filters.is_legacy((command, text)) and filters.family((command, text)) == family
                if re.search(rf"^\*{re.escape(table)}$", text, re.MULTILINE)
                for line in text.splitlines()
                if line.startswith(f"-A {chain} ")
            ]
        return filters.COUNTED.sub("", lines[index]) if index < len(lines) else f"rule {index + 1}"


def packet(probe):
    """Return a packet as text: ``udp 198.51.100.7:68 > 192.0.2.10:67``."""
    ends = (probe.source, probe.source_port), (probe.destination, probe.destination_port)
    return probe.protocol + " " + " > ".join(f"[{a}]:{port}" if ":" in a else f"{a}:{port}" for a, port in ends)
