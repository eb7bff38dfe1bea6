# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transition of one family's filter to the wanted state, and back again if a command on the way fails.

Edits of the defined table are one program start each. They are taken back by their inverse, never by impfilt: its files
have no descriptions, so all marks would be lost.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt, lsfilt, table_edits
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.filter import Filter, state_commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_INVERSE = {"insert": "remove", "remove": "insert"}


class FilterTransition:
    """The transition of a filter to these managed rules within this state.

    ``touched`` says that the filter is or was managed, so that what is defined has to be in force. The rules go before
    the default rule, unless ``items``, the whole table, has them elsewhere.
    """

    def __init__(self, programs, before, rules, state, touched, items=None):
        self.before = before
        self.rules = rules
        self.state = state
        self.touched = touched
        self._programs = programs
        self._items = items or before.items_with(rules)
        self._edits = table_edits.edits(before.items, self._items)
        self._series = _Series(programs, before)

    def define(self):
        """Edit the defined table, and read it back."""
        self._series.carry_out(self._edits)
        if self._edits and Filter(self._programs, self.before.family).items != self._items:
            raise HostError(
                f"lsfilt does not list the IPv{self.before.family} rules as genfilt defined them, description included."
            )

    def activate(self):
        """Put what is defined in force, unless it is."""
        if self.touched:
            self._run(self.before.state, self.state, reload=bool(self._edits) or not self.before.in_force)

    def take_back(self):
        """Make the filter what it was, as far as the commands got."""
        self._series.take_back()
        now = Filter(self._programs, self.before.family)
        self._run(now.state, self.before.state, reload=now.active != self.before.active)

    def _run(self, now, wanted, reload):
        for command in state_commands(self.before.family, now, wanted, reload):
            self._programs.output(*command)

    def shown(self):
        """Return the part of the table that is or will be managed, before and after, as text."""
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


class _Series:
    """A series of edits of one family's defined table, which can be taken back one by one."""

    def __init__(self, programs, before):
        self._programs = programs
        self._family = before.family
        self._first_number = before.first_number
        self._size = len(before.table.lines)
        self._done = []

    def carry_out(self, edits):
        """Do all edits; raise HostError at the first that fails."""
        for edit in edits:
            try:
                self._programs.output(*self._command(edit))
            except HostError:
                # A program can fail after its work is done, so the table itself is read.
                if len(self._table().lines) != self._size:
                    self._note(edit)
                raise
            self._note(edit)

    def take_back(self):
        """Undo all that was done, the last edit first."""
        while self._done:
            done = self._done[-1]
            inverse = table_edits.Edit(_INVERSE[done.kind], done.position, done.rule)
            self._programs.output(*self._command(inverse))
            self._note(inverse)
            del self._done[-2:]

    def _table(self):
        return lsfilt.table(self._programs.output("lsfilt", f"-v{self._family}", "-O"))

    def _note(self, edit):
        self._done.append(edit)
        self._size += 1 if edit.kind == "insert" else -1

    def _command(self, edit):
        number = self._first_number + edit.position
        if edit.kind == "remove":
            return genfilt.remove(self._family, number)
        return genfilt.insert(self._family, edit.rule, before=number if edit.position < self._size else None)
