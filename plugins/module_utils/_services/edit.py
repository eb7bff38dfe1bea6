# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change in a services database, and what has to be remembered to change it back.

Each run first recalls, line by line, what earlier ones did: lines they added, lines they replaced (these stand as they
were before for the moment), and lines they ended because the file did not. Then it drops the added lines that are
wanted no more and brings in what is wanted. The new record is read off the lines that result. A line that is no longer
to be found as it was left has been edited by somebody else, and is theirs.
"""

import hashlib
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING, Line, join, split

# text: the database's, None for no file; record: what to remember, None for nothing; left: lines of ours that others
# have edited and that therefore stay.
Outcome = namedtuple("Outcome", "text record left")

# added: lines; replaced: {before, after, nth: how many lines like it stand above it}; ended: lines that had no end;
# created_from: the digest of what the file was created with, which may go again once it holds nothing but that.
NOTHING = {"added": [], "replaced": [], "ended": [], "created_from": None}


def compute(text, record, wanted, template="", replace=False, source="the services database"):
    """Return the Outcome of bringing the database to the wanted entries, and to none of ours but them.

    :param text: the database's content, None where the host has none; it then starts as the template.
    :param record: what an earlier run remembered, or None.
    :param replace: whether a name that sits on another port is moved; otherwise it is an error.
    :param source: where the lines come from, for that error.
    """
    edit = _Edit(text, record or NOTHING, template)
    edit.drop_all_but({entry.line for entry in wanted})
    for entry in wanted:
        edit.bring_in(entry, replace, source)
    return edit.outcome()


def covering(old, new):
    """Return a record that names what either names: the one to have on disk while the database is being written."""
    old, new = old or NOTHING, new or NOTHING
    both = {"created_from": new["created_from"] or old["created_from"]}
    for part in ("added", "replaced", "ended"):
        both[part] = old[part] + [line for line in new[part] if line not in old[part]]
    return both


class _Place(Line):
    """A line, and what we have done to it."""

    def __init__(self, text, end, number, ours=False):
        super().__init__(text, end, number)
        self.ours = ours  # we added it
        self.before = None  # what stood there, if we replaced it
        self.ended = False  # it had no end, and we gave it one to append another line

    def replace(self, text):
        self.before = self.original
        self.put(text)

    @property
    def original(self):
        return self.text if self.before is None else self.before


class _Edit:
    """One pass over the database."""

    def __init__(self, text, record, template):
        self.places = split(template if text is None else text, _Place)
        self.created_from = _digest(template) if text is None else record["created_from"]
        self.agreed = {change["before"] for change in record["replaced"]}
        self.left = []
        self._recall(record)

    def drop_all_but(self, wanted):
        self.places = [place for place in self.places if not place.ours or place.text in wanted]

    def bring_in(self, entry, replace, source):
        """See that the entry is there: a line of others that has it is left as it is, however it is written."""
        found = self._first(entry.name, entry.protocol)
        if found is not None and found.port == entry.port and not found.ours:
            return
        taken = [name for name in entry.names if self._move(name, entry, replace, source)]
        # No name that was taken from another line may be lost.
        if any(self._first(name, entry.protocol) is None for name in [entry.name] + taken):
            self._append(entry)

    def outcome(self):
        added = [place.text for place in self.places if place.ours]
        replaced = [self._replacement(place) for place in self.places if place.before is not None]
        if self.places and self.places[-1].ended:
            self.places[-1].end = ""
            self.places[-1].ended = False
        text = join(self.places)
        if added or replaced:
            ended = [place.original for place in self.places if place.ended and added]
            record = dict(added=added, replaced=replaced, ended=ended, created_from=self.created_from)
            return Outcome(text, record, self.left)
        return Outcome(None if self.created_from == _digest(text) else text, None, self.left)

    def _recall(self, record):
        replaced = [(change, self._alike(change["after"])[change["nth"] :]) for change in record["replaced"]]
        for change, places in replaced:
            if places:
                places[0].put(change["before"])
        for line in record["ended"]:
            if line.endswith("\r"):  # with the end that we gave it, it reads like another line
                for place in self._alike(line[:-1])[-1:]:
                    place.put(line)
                    place.end = place.end.lstrip("\r")
            for place in self._alike(line)[-1:]:
                place.ended = True
        for line in record["added"]:
            for place in self._alike(line)[:1]:
                place.ours = True
        gone = [change["after"] for change, places in replaced if not places and not self._alike(change["before"])]
        gone += [line for line in record["added"] if not self._alike(line)]
        self.left = [place.text for place in map(self._edited, gone) if place is not None]

    def _alike(self, text):
        return [place for place in self.places if place.text == text]

    def _edited(self, text):
        """Return what somebody has made of this line."""
        line = Line(text)
        return self._first(line.names[0], line.protocol)

    def _first(self, name, protocol):
        """Return where a lookup of the name would end."""
        return next((place for place in self.places if place.gives(name, protocol)), None)

    def _move(self, name, entry, replace, source):
        """See that no line gives the name another port; nobody else's name moves along.

        Return whether a line that has other names as well has lost this one.
        """
        taken = False
        place = self._first(name, entry.protocol)
        while place is not None and place.port != entry.port:
            if not replace and place.original not in self.agreed:
                raise HostError(
                    f"{source}, line {place.number}, gives {name}/{entry.protocol} the port {place.port}, "
                    f"not {entry.port}; correct that line or set on_conflict to replace."
                )
            alone = set(place.names) <= set(entry.names)
            place.replace(place.with_port(entry.port) if alone else place.without(name))
            taken = taken or not alone
            place = self._first(name, entry.protocol)
        return taken

    def _append(self, entry):
        ends = [place.end for place in self.places if place.end]
        end = ends[-1] if ends else "\n"
        if self.places and not self.places[-1].end:
            self.places[-1].end = end
            self.places[-1].ended = True
        self.places.append(_Place(entry.line, end, len(self.places) + 1, ours=True))

    def _replacement(self, place):
        above = self.places[: self.places.index(place)]
        return dict(before=place.before, after=place.text, nth=sum(other.text == place.text for other in above))


def _digest(text):
    return hashlib.sha256(text.encode(ENCODING)).hexdigest()
