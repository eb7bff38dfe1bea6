# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on Linux: the configuration of nfs-utils, and what of it the kernel has to know."""

import collections
import contextlib

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, marked_blocks, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import (
    linux_changes,
    nfs_config,
    nfs_services,
    restart,
    rpc_registry,
)

# A value of the kernel as if it were a file.
Shown = collections.namedtuple("Shown", "path before after")


class Pinning:
    """What brings a Linux host to exactly these pins (``{daemon: port}``); making one changes nothing."""

    unpinnable = {}

    def __init__(self, pins, run, find, record):
        self._pins = pins
        self._run = run
        self._rpcinfo = find("rpcinfo")
        self._record = record
        self._memory = record.load() or {}
        mechanism = nfs_config.find()
        self.mechanism = mechanism and mechanism.name
        self._services = nfs_services.manager(run, mechanism and mechanism.refresh)
        self.observed = self._ask()
        restart.refuse_strangers(pins, self.observed)
        self._change = linux_changes.compute(pins, mechanism, self._memory)
        self.warnings = self._change.warnings

    @property
    def edits(self):
        """What changes, in files and in the running kernel."""
        return self._change.files.changes + [
            Shown(value.path, f"{value.before}\n".encode(), f"{value.after}\n".encode())
            for value in self._change.values
        ]

    def foresee(self):
        """Return what would be restarted."""
        return restart.restarts(self._units())

    def carry_out(self):
        """Write the configuration, restart what is elsewhere, and judge; return what was restarted."""
        self._configure()
        restarted = restart.move(self._pins, self._units(), self.observed, self._services, self._ask)
        if restarted:
            self.observed = self._ask()
        return restarted

    def _ask(self):
        return rpc_registry.ask(self._run, self._rpcinfo)

    def _units(self):
        return restart.units(self._pins, self.observed, self._services)

    def _configure(self):
        """Change the host under a record that covers both what an earlier run did and what this one does."""
        change, covering = self._change, linux_changes.covering(self._memory, self._change.memory)
        try:
            if change.files.changes or change.values:
                self._record.save(covering)
            marked_blocks.apply(change.files, covering["files"])
            for value in change.values:
                sysctl._write(value.path, value.after)
            self._remember(change.memory)
        except HostError:
            self._take_back(covering)
            raise

    def _take_back(self, covering):
        """Leave the host as it was; if that fails, too, the record still covers all, and the first failure is told."""
        with contextlib.suppress(HostError):
            for value in reversed(self._change.values):
                sysctl._write(value.path, value.before)
            file_changes.undo(self._change.files.changes)
            self._remember(self._memory)

    def _remember(self, memory):
        if memory:
            self._record.save(memory)
        else:
            self._record.remove()
