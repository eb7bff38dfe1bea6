# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The edit of a services database, and the record from which it can be undone.

Each run first finds the lines that earlier runs changed: added lines, replaced lines (which become what they were
before) and lines that were given the newline they lacked. Then it drops the added lines that are no longer wanted and
adds or replaces lines for what is wanted. The new record is read off the result. A line that is not found as it was
left has been modified externally and is no longer managed.
"""

import hashlib
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING, Line, join, split

# text: the database, None for no file; record: the content of the record, None for no record; left: managed lines that
# were modified externally.
Outcome = namedtuple("Outcome", "text record left")

# added: lines; replaced: {before, after, nth: the number of equal lines above it}; ended: lines that had no newline;
# created_from: the digest of the text that the file was created with; the file is removed if it has this text again.
NOTHING = {"added": [], "replaced": [], "ended": [], "created_from": None}


def compute(text, record, wanted, template="", replace=False, source="the services database"):
    """Return the Outcome of bringing the database to the wanted entries.

    :param text: the content of the database, None if the host has none; it then starts as the template.
    :param record: what an earlier run recorded, or None.
    :param wanted: the :class:`entry.Entry` objects; lines of other entries that earlier runs added are removed.
    :param replace: whether a name with another port is moved; otherwise it is an error.
    :param source: the file that the lines come from, for that error.
    """
    edit = _Edit(text, record or NOTHING, template)
    edit.drop_all_but({entry.line for entry in wanted})
    for entry in wanted:
        edit.ensure(entry, replace, source)
    return edit.outcome()


def covering(old, new):
    """Return a record from which either state can be undone, to be saved before the database is written."""
    old, new = old or NOTHING, new or NOTHING
    both = {"created_from": new["created_from"] or old["created_from"]}
    for part in ("added", "replaced", "ended"):
        both[part] = old[part] + [line for line in new[part] if line not in old[part]]
    return both


class _EditedLine(Line):
    """A line, and what fleet.ports has done to it."""

    def __init__(self, text, end, number, added=False):
        super().__init__(text, end, number)
        self.added = added
        self.before = None  # the text that it replaces
        self.ended = False  # it had no newline, and was given one to append another line

    def replace(self, text):
        self.before = self.original
        self.put(text)

    @property
    def original(self):
        return self.text if self.before is None else self.before


class _Edit:
    """One pass over the database."""

    def __init__(self, text, record, template):
        self.lines = split(template if text is None else text, _EditedLine)
        self.created_from = _digest(template) if text is None else record["created_from"]
        self.may_be_replaced = {change["before"] for change in record["replaced"]}
        self.left = []
        self._find_recorded(record)

    def drop_all_but(self, wanted):
        self.lines = [line for line in self.lines if not line.added or line.text in wanted]

    def ensure(self, entry, replace, source):
        """Add or replace lines so that the entry is found; a line that has it already is left as it is."""
        found = self._first(entry.name, entry.protocol)
        if found is not None and found.port == entry.port and not found.added:
            return
        removed = [name for name in entry.names if self._move(name, entry, replace, source)]
        # A name that was removed from another line must still be found.
        if any(self._first(name, entry.protocol) is None for name in [entry.name] + removed):
            self._append(entry)

    def outcome(self):
        added = [line.text for line in self.lines if line.added]
        replaced = [self._replacement(line) for line in self.lines if line.before is not None]
        if self.lines and self.lines[-1].ended:
            self.lines[-1].end = ""
            self.lines[-1].ended = False
        text = join(self.lines)
        if added or replaced:
            ended = [line.original for line in self.lines if line.ended and added]
            record = dict(added=added, replaced=replaced, ended=ended, created_from=self.created_from)
            return Outcome(text, record, self.left)
        return Outcome(None if self.created_from == _digest(text) else text, None, self.left)

    def _find_recorded(self, record):
        """Mark the lines that the record names, and put back those that were replaced."""
        replaced = [(change, self._equal(change["after"])[change["nth"] :]) for change in record["replaced"]]
        for change, lines in replaced:
            if lines:
                lines[0].put(change["before"])
        for text in record["ended"]:
            if text.endswith("\r"):  # with its newline, it is read as another line
                for line in self._equal(text[:-1])[-1:]:
                    line.put(text)
                    line.end = line.end.lstrip("\r")
            for line in self._equal(text)[-1:]:
                line.ended = True
        for text in record["added"]:
            for line in self._equal(text)[:1]:
                line.added = True
        missing = [change["after"] for change, lines in replaced if not lines and not self._equal(change["before"])]
        missing += [text for text in record["added"] if not self._equal(text)]
        self.left = [line.text for line in map(self._modified, missing) if line is not None]

    def _equal(self, text):
        return [line for line in self.lines if line.text == text]

    def _modified(self, text):
        """Return the line that this line has become, or None."""
        line = Line(text)
        return self._first(line.names[0], line.protocol)

    def _first(self, name, protocol):
        """Return the line at which a lookup of the name ends, or None."""
        return next((line for line in self.lines if line.gives(name, protocol)), None)

    def _move(self, name, entry, replace, source):
        """Change all lines that give the name another port, but not their other names.

        Return whether the name was removed from a line that has other names.
        """
        removed = False
        line = self._first(name, entry.protocol)
        while line is not None and line.port != entry.port:
            if not replace and line.original not in self.may_be_replaced:
                raise HostError(
                    f"{source}, line {line.number}, gives {name}/{entry.protocol} the port {line.port}, "
                    f"not {entry.port}; correct that line or set on_conflict to replace."
                )
            only = set(line.names) <= set(entry.names)
            line.replace(line.with_port(entry.port) if only else line.without(name))
            removed = removed or not only
            line = self._first(name, entry.protocol)
        return removed

    def _append(self, entry):
        ends = [line.end for line in self.lines if line.end]
        end = ends[-1] if ends else "\n"
        if self.lines and not self.lines[-1].end:
            self.lines[-1].end = end
            self.lines[-1].ended = True
        self.lines.append(_EditedLine(entry.line, end, len(self.lines) + 1, added=True))

    def _replacement(self, line):
        above = self.lines[: self.lines.index(line)]
        return dict(before=line.before, after=line.text, nth=sum(other.text == line.text for other in above))


def _digest(text):
    return hashlib.sha256(text.encode(ENCODING)).hexdigest()
