# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concern ``services``: the entries that the services database of a host has to contain."""

import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services import edit
from ansible_collections.fleet.ports.plugins.module_utils._services.entry import wanted
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING

NAME = "services"

ENTRY = dict(
    name=dict(type="str", required=True),
    port=dict(type="int", required=True),
    protocol=dict(type="str", required=True),
    aliases=dict(type="list", elements="str", default=[]),
    comment=dict(type="str", default=""),
)
OPTIONS = dict(
    entries=dict(type="list", elements="dict", default=[], options=ENTRY),
    on_conflict=dict(type="str", choices=["fail", "replace"], default="fail"),
    path=dict(type="path", default="/etc/services"),
)

# Where the vendor's database is on a system whose /etc belongs to the administrator alone.
VENDOR_FILES = {"/etc/services": "/usr/etc/services"}


def compute(_host, options):
    """Return the Change that brings the database to the wanted entries."""
    entries = wanted(options["entries"])
    record = records.Record(NAME)
    old, path = record.load(), options["path"]
    if not os.path.isabs(path):
        raise HostError(f"The path of the services database is {path!r}; use an absolute path.")
    if old is not None and path != old["path"]:
        raise HostError(
            f"The services of this host are in {old['path']}; restore that file with state absent before you "
            f"use {path}."
        )
    return _change(record, old, path, entries, replace=options["on_conflict"] == "replace")


def give_back(_host):
    """Return the Change that restores the database that the record names."""
    record = records.Record(NAME)
    old = record.load()
    return _change(record, old, old["path"], [], replace=False) if old else Change(record, None, "", [], None, [])


def _change(record, old, path, entries, replace):
    file = file_changes.File(path)
    source, template = (path, b"") if file.content is not None else _vendor_file(path)
    text = None if file.content is None else file.content.decode(ENCODING)
    edited = edit.compute(text, old, entries, template.decode(ENCODING), replace, source)
    content = None if edited.text is None else edited.text.encode(ENCODING)
    return Change(record, old, path, [file.becoming(content)], edited.record, [_shown(line) for line in edited.left])


def _vendor_file(path):
    """Return which file a new database starts as a copy of, and its content."""
    content = atomic_file.read(VENDOR_FILES[path]) if path in VENDOR_FILES else None
    return (path, b"") if content is None else (VENDOR_FILES[path], content)


class Change:
    """A change of the database.

    :param record: the concern's Record; ``old`` and ``new`` are its content before and after, None for no record.
    :param path: the database.
    :param changes: file_changes.Change objects.
    :param left: the managed lines that were modified externally.
    """

    def __init__(self, record, old, path, changes, new, left):
        self._record = record
        self._old, self._new = old, new
        self._path = path
        self._changes = file_changes.needed(changes)
        self._left = left

    @property
    def needed(self):
        return bool(self._changes)

    @property
    def warnings(self):
        return [
            f"{self._path}: the managed line {line!r} was modified externally; it stays, and is no longer managed."
            for line in self._left
        ]

    def diffs(self):
        return file_changes.diffs(self._changes)

    def apply(self):
        """Write the database and the record."""
        if self.needed:
            with self._record.covering(self._old, self._content(edit.covering(self._old, self._new))):
                with file_changes.applied(self._changes):
                    self._keep()
        else:
            self._keep()

    def result(self):
        return {"left": self._left}

    def _keep(self):
        self._record.keep(self._content(self._new))

    def _content(self, record):
        return record and dict(record, path=self._path)


def _shown(line):
    """Return the line as a person reads it: UTF-8, and any other byte as an escape."""
    return line.encode(ENCODING).decode("utf-8", "backslashreplace")
