# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits of the defined table, one program start each, that can be taken back one by one.

They are taken back by their inverse, never by impfilt: its files have no descriptions, so all marks would be lost.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt, lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.table_edits import Edit
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_INVERSE = {"insert": "remove", "remove": "insert"}


class Series:
    """A series of edits of one family's table."""

    def __init__(self, programs, filter_as_read):
        self._programs = programs
        self._family = filter_as_read.family
        self._first_number = filter_as_read.first_number
        self._size = len(filter_as_read.table.lines)
        self._done = []

    def carry_out(self, edits):
        """Do all edits; raise HostError at the first that fails."""
        for edit in edits:
            try:
                self._programs.output(*self._command(edit))
            except HostError:
                # A program can fail after its work is done, so the table is asked.
                if len(self.table().lines) != self._size:
                    self._note(edit)
                raise
            self._note(edit)

    def take_back(self):
        """Undo all that was done."""
        while self._done:
            done = self._done[-1]
            inverse = Edit(_INVERSE[done.kind], done.position, done.rule)
            self._programs.output(*self._command(inverse))
            self._note(inverse)
            del self._done[-2:]

    def table(self):
        """Read the table as it is now."""
        return lsfilt.table(self._programs.output("lsfilt", f"-v{self._family}", "-O"))

    def _note(self, edit):
        self._done.append(edit)
        self._size += 1 if edit.kind == "insert" else -1

    def _command(self, edit):
        number = self._first_number + edit.position
        if edit.kind == "remove":
            return genfilt.remove(self._family, number)
        return genfilt.insert(self._family, edit.rule, before=number if edit.position < self._size else None)
