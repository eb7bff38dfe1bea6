# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewalld backend: a policy object for each direction, and ipsets for the peers.

A policy leaves the zones unchanged: binding peers to a zone would move all their traffic there, SSH included. Its rules
are evaluated before those of the zones, so peers that the administrator keeps out by name are left out of it.
"""

import os

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, Report, Running
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import config_files, judgement
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.policies import (
    POLICIES,
    SET_PREFIX,
    Dialect,
    Policies,
    rule_text,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.service import Bus
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import without_peers
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# The releases that brought policies, ipsets as destinations, and no more ipsets of the kernel beside those of nftables.
HAS_POLICIES, HAS_DESTINATION_SETS, HAS_NO_KERNEL_SETS = (0, 9), (1, 0), (1, 3)
DIRECT_RULES = "/etc/firewalld/direct.xml"


class Firewalld:
    """firewalld, as its files and its D-Bus interface show it."""

    name = "firewalld"

    def __init__(self, host, services, settings):
        self._host = host
        self._settings = settings
        self._run = host.run
        self._bus = Bus() if services.firewalld.active else None

    def change(self, opening, memory):
        """Return the change that opens exactly this; while firewalld is stopped, it can only be given back."""
        if self._bus is None and opening.rules:
            raise HostError("firewalld is not running; start firewalld.service, or set another backend.")
        enforced = ["input", "output", "forward"] if config_files.drops_output() else ["input", "forward"]
        judged = judgement.judged(self._host, self._settings, opening, memory)
        opened = without_peers(opening, judged.left_out)
        wanted = Policies(opened, enforced, self._dialect() if opening.rules else None)
        report = Report(
            rules=sum(len(policy.rules) for policy in wanted.policies),
            widened=wanted.widened,
            enforced=enforced,
            warnings=judged.warnings,
            memory=judged.memory if wanted.policies else None,
            rehearsed=judged.rehearsed,
            not_rehearsed=judged.not_rehearsed,
            blocked=judged.blocked,
            passing=judged.passing,
        )
        files = config_files.changes(wanted.policies, wanted.sets)
        after = _text(
            {policy.name: [rule_text(fragments) for fragments in policy.rules] for policy in wanted.policies},
            {item.name: item.entries for item in wanted.sets},
        )
        before = self._running() if self._bus else after
        change = Change(
            report,
            files,
            Running("running firewalld", before, after),
            load=lambda: self._load(change, opened, judged),
            recover=self._load_again,
            live=before.decode(),
        )
        if change.needed and self._bus:
            self._check_files(files)
        return change

    def restore(self, live, _paths):
        """Reload firewalld if what runs is not what it was; the files are."""
        if self._bus and self._running() != live.encode():
            self._reload("the former files were restored, but are not in force")

    def _dialect(self):
        status = self._bus.status()
        if status.version < HAS_POLICIES:
            dotted = ".".join(str(number) for number in status.version)
            raise HostError(f"firewalld {dotted} has no policies; update it to 0.9 or later, or set another backend.")
        return Dialect(
            destination_sets=status.version >= HAS_DESTINATION_SETS,
            ranges_in_sets=not status.has_kernel_sets or self._leaves_kernel_sets_alone(status.version),
        )

    def _leaves_kernel_sets_alone(self, version):
        return version >= HAS_NO_KERNEL_SETS and self._bus.uses_nftables() and not os.path.exists(DIRECT_RULES)

    def _running(self):
        """Return the managed policies and ipsets that are in force, as text."""
        if not self._bus.status().filters:
            return b"It does not filter.\n"
        managed = {name for name, *_zones in POLICIES.values()}
        return _text(
            {name: self._bus.rules(name) for name in self._bus.policies() if name in managed},
            {name: self._bus.entries(name) for name in self._bus.sets() if name.startswith(SET_PREFIX)},
        )

    def _check_files(self, files):
        """Make sure that the other files load: firewalld may have read them long ago, and would fail open now."""
        for path, name in config_files.missing_sets(files):
            raise HostError(
                f"{path} names the ipset {name}, which a reload of firewalld would not find; correct that file first."
            )
        code, _output, errors = self._run(["firewall-cmd", "--check-config"])
        if code != 0:
            raise HostError(f"firewalld cannot load its files ({errors.strip()}); correct them first.")

    def _load(self, change, opened, judged):
        """Reload firewalld, and make sure that what it has made of the files lets the flows pass."""
        if self._bus:
            self._reload("the former files were restored and loaded, nothing was changed")
            if judged.rehearsed and opened.rules:
                change.report.memory.update(judgement.check(self._host, self._settings, opened, judged))

    def _load_again(self):
        if self._bus:
            self._reload("the former files do not load either, so THIS HOST LETS EVERYTHING PASS until they are corrected")

    def _reload(self, consequence):
        try:
            self._bus.reload()
        except HostError as error:
            raise HostError(f"{error}; {consequence}.")


def _text(policies, sets):
    """Return rules and entries as sorted lines, since their order has no meaning."""
    lines = [f"{name}: {rule}" for name, rules in policies.items() for rule in rules]
    lines += [f"{name}: {entry}" for name, entries in sets.items() for entry in entries]
    return "".join(f"{line}\n" for line in sorted(lines)).encode()
