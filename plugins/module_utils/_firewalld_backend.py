# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewalld backend: a policy object of our own for each direction, and ipsets for the peers.

A policy leaves the zones alone: to bind peers to a zone would move all their traffic there, SSH included. Its rules
come before the zones', so they overrule even what the administrator drops in one.
"""

import os

from ansible_collections.fleet.ports.plugins.module_utils import _firewalld_files
from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._firewall_change import Change, File, Report
from ansible_collections.fleet.ports.plugins.module_utils._firewalld_bus import Bus
from ansible_collections.fleet.ports.plugins.module_utils._firewalld_policies import (
    POLICIES,
    SET_PREFIX,
    Dialect,
    Policies,
    rule_text,
)

UNIT = "firewalld.service"

# The releases that brought policies, ipsets as destinations, and sets of nftables only where direct rules need no other.
HAS_POLICIES, HAS_DESTINATION_SETS, HAS_NO_KERNEL_SETS = (0, 9), (1, 0), (1, 3)
DIRECT_RULES = "/etc/firewalld/direct.xml"


class Firewalld:
    """firewalld, as its files and its D-Bus interface show it."""

    name = "firewalld"

    def __init__(self, run, units):
        self._bus = Bus(run) if units and units[UNIT].active else None

    def change(self, opening, _memory):
        """Return the change that opens just this; while firewalld is stopped, it can only be given back."""
        if self._bus is None and opening.rules:
            raise HostError("firewalld is not running; start firewalld.service, or name another backend.")
        enforced = ["input", "output", "forward"] if _firewalld_files.drops_output() else ["input", "forward"]
        wanted = Policies(opening, enforced, self._dialect() if opening.rules else None)
        report = Report(
            rules=sum(len(policy.rules) for policy in wanted.policies),
            widened=wanted.widened,
            enforced=enforced,
            warnings=[],
            memory={} if wanted.policies else None,
        )
        files = _firewalld_files.changes(wanted.policies, wanted.sets)
        after = _text(
            {policy.name: [rule_text(fragments) for fragments in policy.rules] for policy in wanted.policies},
            {item.name: item.entries for item in wanted.sets},
        )
        before = self._running() if self._bus else after
        return Change(report, files, File("running firewalld", before, after), load=self._load, recover=self._recover)

    def _dialect(self):
        version = self._bus.version()
        if version < HAS_POLICIES:
            dotted = ".".join(str(number) for number in version)
            raise HostError(f"firewalld {dotted} knows no policies; bring it to 0.9 or later, or name another backend.")
        only_nftables = version >= HAS_NO_KERNEL_SETS and self._bus.uses_nftables() and not os.path.exists(DIRECT_RULES)
        return Dialect(
            destination_sets=version >= HAS_DESTINATION_SETS,
            ranges_in_sets=only_nftables or not self._bus.has_kernel_sets(),
        )

    def _running(self):
        """Return what firewalld has of ours in force."""
        if not self._bus.is_filtering():
            return b"It does not filter.\n"
        ours = {name for name, *_zones in POLICIES.values()}
        return _text(
            {name: self._bus.rules(name) for name in self._bus.policies() if name in ours},
            {name: self._bus.entries(name) for name in self._bus.sets() if name.startswith(SET_PREFIX)},
        )

    def _load(self):
        if self._bus is None:
            return
        try:
            self._bus.reload()
        except HostError as error:
            raise HostError(f"{error}; the files are again what they were, and nothing was changed.")

    def _recover(self):
        if self._bus is None:
            return
        try:
            self._bus.reload()
        except HostError as error:
            raise HostError(f"{error}, not even as they were before; THIS HOST IS OPEN until they are mended and reloaded.")


def _text(policies, sets):
    """Return rules and entries as lines; their order says nothing."""
    lines = [f"{name}: {rule}" for name, rules in policies.items() for rule in rules]
    lines += [f"{name}: {entry}" for name, entries in sets.items() for entry in entries]
    return "".join(f"{line}\n" for line in sorted(lines)).encode()
