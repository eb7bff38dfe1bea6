# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall backend hands back: one change, which is shown first and then made whole or not at all.

Every backend answers the same question, ``change(opening)``: what has to become different on this host so that exactly
this is open, and what could not be had just as it was asked for. Nothing is written before :meth:`Change.apply`. To
open nothing is to give the host back.

What :meth:`Change.way_back` says beforehand, as plain data, is what the backend's ``restore(live, paths)`` undoes the
change with, in another process and maybe after a reboot: once the files of these paths are what they were, it makes
what is running what it was. It may be called again when it died half way.
"""

from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._commit import noted_files
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# Content before and after, None where there is no file; a new one is root's alone, for it says who the peers are, unless
# it has another mode.
File = namedtuple("File", "path before after mode")
File.__new__.__defaults__ = (0o600,)

# rules: how many are ours afterwards; widened: [{flow, what}…], what is opened wider than asked for;
# enforced: the hooks at which this host drops by default; memory: what the record has to keep, None if nothing is ours
Report = namedtuple("Report", "rules widened enforced warnings memory")


class Change:
    """Files to write, and the running filter to bring in line with them."""

    def __init__(self, report, files, running, load, recover=None, live=None):
        """Take the files in the order of writing, and the running rules as a pseudo file.

        ``load`` makes the running filter follow. If it fails, and what was running may be gone by then, ``recover``
        loads the old files again once they are back. ``live`` is what is running now, as the backend's ``restore``
        takes it.
        """
        self.report = report
        self._files = [file for file in files if file.before != file.after]
        self._running = running
        self._load = load
        self._recover = recover
        self._live = live

    @property
    def needed(self):
        """Say if anything differs."""
        return bool(self._files) or self._running.before != self._running.after

    def way_back(self):
        """Return what is needed to undo this change, as plain data."""
        return {"files": noted_files.noted(self._files), "live": self._live}

    def diff(self):
        """Return the change as Ansible shows it: files, or what is running where the files were right already."""
        return _diffs(self._files or [self._running])

    def all_diffs(self):
        """Return the change with what is running always shown: files may tell another story than the filter."""
        return _diffs(self._files + [self._running])

    def apply(self):
        """Write the files and load them; if either fails, the host is as before."""
        written = []
        try:
            for file in self._files:
                _put(file, file.after)
                written.append(file)
        except HostError as error:
            _put_back(written, error)
            raise
        try:
            self._load()
        except HostError as error:
            try:
                _put_back(written, error)
            finally:
                if self._recover is not None:
                    self._recover()
            raise


def _diffs(files):
    return [
        {
            "before_header": shown.path,
            "after_header": shown.path,
            "before": _text(shown.before),
            "after": _text(shown.after),
        }
        for shown in files
        if shown.before != shown.after
    ]


def _put_back(files, error):
    """Put back all the files that can be, because of the error; it is named first if there are others."""
    failures = []
    for file in reversed(files):
        try:
            _put(file, file.before)
        except HostError as failure:
            failures.append(str(failure))
    if failures:
        raise HostError(f"{error} Putting back what was written by then failed too: {' '.join(failures)}")


def _put(file, content):
    if content is None:
        atomic_file.remove(file.path)
    else:
        atomic_file.write(file.path, content, file.mode)


def _text(content):
    return (content or b"").decode("utf-8", "replace")
