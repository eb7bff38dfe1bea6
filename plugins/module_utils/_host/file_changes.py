# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of files: read, compared, shown, and written all or put back all.

A concern reads a :class:`File`, computes the content that it gets, and passes the :class:`Change` objects to
:func:`apply`. :func:`notes` returns the former state as plain data, from which another process can :func:`restore` it,
even after a reboot.
"""

import base64
import collections
import contextlib
import hashlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_attributes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored, reason

# before, after: content as bytes, None for no file; attributes: those of the file before (see file_attributes), None
# for no file; mode: that of the file if it is created; new_folder: whether its folder is created, and removed, with it.
Change = collections.namedtuple("Change", "path before after attributes mode new_folder")


class File:
    """A file as it is now: ``content`` is its bytes, None where there is no file."""

    def __init__(self, path):
        self.path = path
        self.content = atomic_file.read(path)
        try:
            self._attributes = None if self.content is None else file_attributes.read(path)
        except OSError as error:
            raise HostError(f"Cannot read the attributes of {path}: {reason(error)}.")

    def becoming(self, content, mode=0o644, new_folder=False):
        """Return the change that gives the file this content (bytes, None to remove it).

        :param new_folder: whether an earlier run created the folder for this file; it is removed with the file if it is
            empty then, as is a folder that this change creates.
        """
        new_folder = new_folder or not os.path.isdir(os.path.dirname(self.path))
        return Change(self.path, self.content, content, self._attributes, mode, new_folder)


def needed(changes):
    """Return those of the changes that change anything."""
    return [change for change in changes if change.before != change.after]


def diffs(changes):
    """Return the changes as Ansible shows them: ``[{before, after, before_header, after_header}]``."""
    return [
        diff(change.path, change.before, change.after, "missing", "removed") for change in needed(changes)
    ]


def diff(title, before, after, no_before="", no_after=""):
    """Return one difference as Ansible shows it; ``before`` and ``after`` are bytes, None if there is nothing."""
    return {
        "before": _text(before),
        "after": _text(after),
        "before_header": f"{title} ({no_before})" if before is None and no_before else title,
        "after_header": f"{title} ({no_after})" if after is None and no_after else title,
    }


def apply(changes):
    """Write all the changes in this order, or put back those already written and raise HostError."""
    with applied(changes):
        pass


@contextlib.contextmanager
def applied(changes):
    """Write all the changes in this order; put all of them back if one fails, or if the body raises HostError."""
    written = []
    try:
        for change in needed(changes):
            written.append(change)
            _put(change, change.after)
        yield
    except HostError as error:
        _put_back(written, error)
        raise


def undo(changes):
    """Put back the files that are still as the changes left them, the last one first."""
    for change in reversed(needed(changes)):
        now = atomic_file.read(change.path)
        if now == change.after:
            _put(change, change.before)
        elif now is None and change.before is None:
            _remove_folder(change.path, change.new_folder)  # created for a file that could not be written


def notes(changes):
    """Return the state before the changes as plain data for :func:`restore`."""
    return [
        {
            "path": change.path,
            "before": None if change.before is None else base64.b64encode(change.before).decode("ascii"),
            "attributes": change.attributes,
            "after": _digest(change.after),
            "new_folder": change.new_folder,
        }
        for change in needed(changes)
    ]


def restore(noted):
    """Put back the files in the :func:`notes`; return the paths of those that stay, modified externally."""
    edited = []
    for note in reversed(noted):
        path, now = note["path"], atomic_file.read(note["path"])
        before = None if note["before"] is None else base64.b64decode(note["before"])
        if now == before:
            if now is None:
                _remove_folder(path, note["new_folder"])
        elif _digest(now) != note["after"]:
            edited.append(path)
        elif before is None:
            _remove(path, note["new_folder"])
        else:
            atomic_file.write(path, before, attributes=note["attributes"])
    return edited


def _put_back(written, error):
    """Put back all files that can be put back; raise NotRestored, with the error and what failed now, if any cannot."""
    failures = []
    for change in reversed(written):
        try:
            undo([change])
        except HostError as failure:
            failures.append(str(failure))
    if failures:
        raise NotRestored(f"{error} Restoring the files written before failed as well: {' '.join(failures)}")


def _put(change, content):
    if content is None:
        _remove(change.path, change.new_folder)
    elif change.attributes is not None:
        atomic_file.write(change.path, content, attributes=change.attributes)
    else:
        atomic_file.write(change.path, content, mode=change.mode)


def _remove(path, with_folder):
    atomic_file.remove(path)
    _remove_folder(path, with_folder)


def _remove_folder(path, is_new):
    if is_new:
        with contextlib.suppress(OSError):  # it contains another file
            os.rmdir(os.path.dirname(path))


def _text(content):
    return "" if content is None else content.decode("utf-8", "backslashreplace")


def _digest(content):
    return None if content is None else hashlib.sha256(content).hexdigest()
