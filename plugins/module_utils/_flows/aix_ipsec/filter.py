# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of one address family as an AIX host has it: its device, the table that is defined, the one in force."""

from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.aix_rules import MARK

State = namedtuple("State", "device loaded default")
"""What surrounds the rules: the device's state (None: no device), if a table is in the kernel, the default action."""

AVAILABLE = "Available"


class Filter:
    """What was read; our rules are those that bear our mark."""

    def __init__(self, programs, family):
        self.family = family
        self.table = lsfilt.table(programs.output("lsfilt", f"-v{family}", "-O"))
        self.active = lsfilt.contents_in_force(programs.output("lsfilt", f"-v{family}", "-a", "-O"))
        self.state = State(_device(programs, family), bool(self.active), self.table.default.action)

    @property
    def in_force(self):
        """Say if packets meet just the defined table."""
        return self.state.device == AVAILABLE and self.active == lsfilt.contents(self.table)

    @property
    def denies(self):
        """Say if what nobody permits is dropped now."""
        return self.state.device == AVAILABLE and self.state.default == "deny"

    @property
    def first_number(self):
        """Return the number of the first rule."""
        return self.table.lines[0].number if self.table.lines else 1

    @property
    def items(self):
        """Return the table as :mod:`table_edits` takes it: our rules, and what else there is as text."""
        return [line.rule if _is_ours(line) else line.text for line in self.table.lines]

    @property
    def ours(self):
        """Return our rules."""
        return [line.rule for line in self.table.lines if _is_ours(line)]

    def items_with(self, ours):
        """Return the items with other rules of ours: theirs is the place before the default rule."""
        return [line.text for line in self.table.lines if not _is_ours(line)] + ours

    def rules_with(self, ours):
        """Return the same as rules, as far as their form is known."""
        return [line.rule for line in self.table.lines if line.rule and not _is_ours(line)] + ours


def _is_ours(line):
    return line.rule is not None and line.rule.description == MARK


def _device(programs, family):
    for line in programs.output("lsdev", "-C", "-c", "ipsec").splitlines():
        name, _blanks, rest = line.partition(" ")
        if name == f"ipsec_v{family}":
            return (rest.split() or [""])[0]
    return None
