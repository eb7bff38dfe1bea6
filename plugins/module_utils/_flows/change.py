# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change that a participant computes: files, and what runs on the host besides them.

It is shown first and then made as a whole or not at all. Nothing is written before :meth:`Change.apply`. What
:meth:`Change.former_state` returns is plain data, with which the participant's ``restore(live, paths)`` undoes the change
in another process, perhaps after a reboot.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# The participants that are not packet filters, by their names in the record, which are those of release 1.0.0.
WINDOWS, HARDENING = "windows", "housekeeping"

# What a run does if a rule of the host stops a flow all the same, and no place for the managed rules lets it pass.
FAIL, WARN = ON_BLOCKED = ("fail", "warn")

# The mode of new files: they name the peers of the host.
PRIVATE = 0o600

# What runs, as text (bytes) under a title: the rules in force, for instance.
Running = collections.namedtuple("Running", "title before after")
UNCHANGED = Running("", b"", b"")

# What a packet filter reports. rules: how many it has after the change; widened: ``[{flow, what}]`` for what is opened
# wider than asked for; enforced: the hooks at which this host drops by default; warnings: text; memory: what the record
# has to keep (plain data), None if nothing of fleet.ports is left on the packet filter; rehearsed: whether the kernel has
# judged packets of the flows on a copy of the host's packet filters; not_rehearsed: why not, empty if it has or if no
# flow is open; blocked: ``[{flow, packet, interface, peers, hook, table, chain, rule, owner, fatal, at}]`` for what a rule
# of the host stops all the same; passing: ``{now, then, of}``, how many flows pass before and after the change, of how many
# that were rehearsed in this run, None if none were
Report = collections.namedtuple("Report", "rules widened enforced warnings memory rehearsed not_rehearsed blocked passing")
Report.__new__.__defaults__ = (False, "", (), None)

# The report of a host without a packet filter that has flows open or is to have.
NO_FILTER = Report(rules=0, widened=[], enforced=[], warnings=[], memory=None)


class Change:
    """Changes of files in the order of writing, and the functions that make what runs follow them.

    ``load`` makes what runs follow the new files. If it fails and may have changed something, ``recover`` loads the old
    files again once they are restored. ``live`` is what runs now, as plain data for ``restore``.
    """

    def __init__(self, report, files, running=UNCHANGED, load=lambda: None, recover=None, live=None):
        self.report = report
        self.files = file_changes.needed(files)
        self._running = running
        self._load = load
        self._recover = recover
        self._live = live

    @property
    def needed(self):
        """Whether anything differs."""
        return bool(self.files) or self._running.before != self._running.after

    def former_state(self):
        """Return what ``restore`` needs to undo this change, as plain data."""
        return {"files": file_changes.notes(self.files), "live": self._live}

    def diffs(self):
        """Return the change as Ansible shows it: the files, or what runs where only that differs."""
        return file_changes.diffs(self.files) or self._running_diff()

    def all_diffs(self):
        """Return the change with what runs always shown, since it may differ from what the files say."""
        return file_changes.diffs(self.files) + self._running_diff()

    def _running_diff(self):
        if self._running.before == self._running.after:
            return []
        return [file_changes.diff(*self._running)]

    def apply(self):
        """Write the files and load them; if either fails, the host is as before."""
        load_failed = False
        try:
            with file_changes.applied(self.files):
                try:
                    self._load()
                except HostError:
                    load_failed = True
                    raise
        except HostError:
            if load_failed and self._recover is not None:
                self._recover()
            raise
