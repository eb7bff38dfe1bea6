# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One family's filter, turned from what it is to what is wanted, or back again if a command on the way fails."""

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import activation, table_edits
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.edit_series import Series
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.filter import Filter
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


class Turn:
    """The turn of a filter to these rules of ours within this state.

    ``touched`` says that the filter is or was our business, so that what is defined has to be in force. Our rules go
    before the default rule, unless ``items``, the whole table, have them elsewhere.
    """

    def __init__(self, programs, before, rules, state, touched, items=None):
        self.before = before
        self.rules = rules
        self.state = state
        self.touched = touched
        self._programs = programs
        self._items = items or before.items_with(rules)
        self._edits = table_edits.edits(before.items, self._items)
        self._series = Series(programs, before)

    def define(self):
        """Edit the defined table, and read it back."""
        self._series.carry_out(self._edits)
        if self._edits and Filter(self._programs, self.before.family).items != self._items:
            raise HostError(
                f"lsfilt does not list the IPv{self.before.family} rules as genfilt was told, description included."
            )

    def activate(self):
        """Put what is defined in force, if it isn't."""
        if self.touched:
            self._run(self.before.state, self.state, reload=bool(self._edits) or not self.before.in_force)

    def take_back(self):
        """Make the filter what it was, as far as the commands got."""
        self._series.take_back()
        now = Filter(self._programs, self.before.family)
        self._run(now.state, self.before.state, reload=now.active != self.before.active)

    def _run(self, now, wanted, reload):
        for command in activation.commands(self.before.family, now, wanted, reload):
            self._programs.output(*command)

    def shown(self):
        """Return the part of the table that is or will be ours, before and after, as text."""
        after = len(self._items) - len(self.rules)
        start = next((place for place, item in enumerate(self.before.items) if not isinstance(item, str)), after)
        is_stale = self.touched and self.state.loaded and not self.before.in_force
        return (
            self._text(self.before.items[start:], self.before.state, is_stale),
            self._text(self._items[start:], self.state, False),
        )

    def _text(self, items, state, is_stale):
        lines = [f"IPv{self.before.family} default {state.default}, {'loaded' if state.loaded else 'not loaded'}"]
        lines += [item if isinstance(item, str) else "|".join(item) for item in items]
        if is_stale:
            lines.append("(this is not what is in force)")
        return "".join(f"{line}\n" for line in lines)
