# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change in a services database, and how each change is taken back.

Every change is kept as a pair of lines: what stood there (nothing, if the line was added) and what stands there
now. To take it back is to find the second and put the first in its place; where the second is not to be found,
somebody else has edited it, and it is theirs.
"""

import hashlib
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services_lines import ENCODING, Line, join, split

# text: the database's, None for no file; record: what to remember, None for nothing; left: lines of ours that others
# edited and that therefore stay.
Outcome = namedtuple("Outcome", "text record left")

NOTHING = {"changes": [], "created_from": None, "ended": []}


def settle(text, record, wanted, template="", replace=False, source="the services database"):
    """Return the Outcome of bringing the database to the wanted entries, and to none of ours but them.

    :param text: the database's content, None where the host has none; it then starts as the template.
    :param record: what an earlier run remembered, or None.
    :param replace: whether a name that sits on another port is moved; otherwise it is an error.
    :param source: where the lines come from, for that error.
    """
    edit = _Edit(text, record or NOTHING, template)
    edit.take_back_all_but({entry.line for entry in wanted})
    for entry in wanted:
        edit.bring_in(entry, replace, source)
    return edit.outcome()


def covering(old, new):
    """Return a record that names what either names: the one to have on disk while the database is being written."""
    old, new = old or NOTHING, new or NOTHING
    return {
        "changes": _union(old["changes"], new["changes"]),
        "created_from": new["created_from"] or old["created_from"],
        "ended": _union(old["ended"], new["ended"]),
    }


class _Edit:
    """One pass over the database: its lines, and the record that grows and shrinks along with them."""

    def __init__(self, text, record, template):
        self.lines = split(template if text is None else text)
        self.changes = list(record["changes"])
        # The digest of what the file was created with: it may go again once it holds nothing but that.
        self.created_from = _digest(template) if text is None else record["created_from"]
        # The lines that were the file's last and had no end, until we gave them one to append ours.
        self.ended = list(record["ended"])
        self.left = []

    def take_back_all_but(self, wanted_lines):
        """Undo the changes of entries that are wanted no more, the latest first."""
        for change in reversed(self.changes[:]):
            if change["entry"] not in wanted_lines:
                self._take_back(change)
                self.changes.remove(change)
        if not any(change["before"] is None for change in self.changes):
            self._take_back_ends()

    def bring_in(self, entry, replace, source):
        """See that the entry is there: what has it already is left as it is, however it is written."""
        found = self._first(entry.name, entry.protocol)
        if found is not None and found.port == entry.port:
            return
        for name in entry.names:
            self._move(name, entry, replace, source)
        if self._first(entry.name, entry.protocol) is None:
            self._append(entry)

    def outcome(self):
        text = join(self.lines)
        if self.changes:
            record = dict(changes=self.changes, created_from=self.created_from, ended=self.ended)
            return Outcome(text, record, self.left)
        return Outcome(None if self.created_from == _digest(text) else text, None, self.left)

    def _first(self, name, protocol):
        """Return the line that a lookup of the name would end at."""
        return next((line for line in self.lines if line.gives(name, protocol)), None)

    def _move(self, name, entry, replace, source):
        """See that no line gives the name another port."""
        line = self._first(name, entry.protocol)
        while line is not None and line.port != entry.port:
            if not replace:
                raise HostError(
                    f"{source}, line {line.number}, gives {name}/{entry.protocol} the port {line.port}, "
                    f"not {entry.port}; correct that line or set on_conflict to replace."
                )
            # Nobody else's name may move along.
            better = line.with_port(entry.port) if set(line.names) <= set(entry.names) else line.without(name)
            self._exchange(line, better)
            self._remember(entry, before=line.text, after=better.text)
            line = self._first(name, entry.protocol)

    def _append(self, entry):
        ends = [line.end for line in self.lines if line.end]
        end = ends[-1] if ends else "\n"
        if self.lines and not self.lines[-1].end:
            self.ended = _union(self.ended, [self.lines[-1].text])
            self.lines[-1] = self.lines[-1].with_end(end)
        self.lines.append(Line(entry.line, end, number=len(self.lines) + 1))
        self._remember(entry, before=None, after=entry.line)

    def _remember(self, entry, before, after):
        self.changes = _union(self.changes, [{"entry": entry.line, "before": before, "after": after}])

    def _take_back(self, change):
        line = next((line for line in self.lines if line.text == change["after"]), None)
        if line is None:
            ours = Line(change["after"], "", 0)
            edited = self._first(ours.name, ours.protocol)
            if edited is not None:
                self.left.append(edited.text)
        elif change["before"] is None:
            self.lines.remove(line)
        else:
            self._exchange(line, line.with_text(change["before"]))

    def _take_back_ends(self):
        """Once none of our lines is left: make the last line end as it did."""
        if self.lines and self.lines[-1].text in self.ended:
            self.lines[-1] = self.lines[-1].with_end("")
        self.ended = []

    def _exchange(self, old, new):
        self.lines[self.lines.index(old)] = new
        self.ended = [new.text if text == old.text else text for text in self.ended]


def _digest(text):
    return hashlib.sha256(text.encode(ENCODING)).hexdigest()


def _union(first, second):
    return first + [item for item in second if item not in first]
