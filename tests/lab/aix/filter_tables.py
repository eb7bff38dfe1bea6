# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two tables of a family: the defined one, which programs edit, and the active one, which packets meet [C].

A rule's number is its place, so each insertion and removal renumbers what follows. Rule 0, the default, stands last.
"""

import time

from . import filter_rule


class FilterTables:
    """The tables of one family of one host."""

    def __init__(self, state, family):
        self.state = state
        self.family = family
        self.tables = state["filters"][family]
        self.defined = self.tables["defined"]

    def entry(self, program, number):
        """Return the entry of a number that is to be edited; the system's own ones can't be."""
        if not 1 <= number <= len(self.defined):
            program.fail(f"there is no filter rule {number} for IPv{self.family}.")
        found = self.defined[number - 1]
        if found["kind"] != "manual":
            program.fail(f"filter rule {number} for IPv{self.family} is predefined and can't be changed or removed.")
        return found

    def insert(self, program, rule, number=None):
        """Put a rule before the one of a number, or at the end; return its number."""
        if number is None:
            number = len(self.defined) + 1
        elif not 1 <= number <= len(self.defined) or (number == 1 and self.defined[0]["kind"] == "system"):
            program.fail(f"a rule can't be placed before filter rule {number} for IPv{self.family}.")
        self.defined.insert(number - 1, {"kind": "manual", "fields": list(rule)})
        return number

    def load(self):
        """Make the defined table the active one; the kernel keeps no descriptions [C]."""
        if self.state["unknowns"]["reload_leaves_a_gap"]:
            self.tables["gaps"] = self.tables.get("gaps", 0) + 1
        rules = [entry if entry["kind"] == "placement" else dict(entry, fields=entry["fields"][:-1] + [""])
                 for entry in self.defined]  # fmt: skip
        self.tables["active"] = {"entries": rules, "default": self.tables["default"], "since": time.time()}

    def unload(self):
        """Take the active table out of the kernel."""
        self.tables["active"] = None

    def listed(self, active):
        """Return ``[(number, entry), …]`` as lsfilt lists the table."""
        if not active:
            default = filter_rule.default(self.family, self.tables["default"])
            return list(enumerate(self.defined, 1)) + [(0, {"kind": "system", "fields": list(default)})]
        loaded = self.tables["active"]
        if loaded is None:
            return []
        default = filter_rule.default(self.family, loaded["default"])._replace(description="")
        return list(enumerate(loaded["entries"] + [{"kind": "system", "fields": list(default)}], 1))
