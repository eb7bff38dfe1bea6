# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on Linux: the configuration of nfs-utils, the values of the kernel (reserved ports, lockd), and restarts."""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, marked_blocks, port_owners, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import (
    lockd,
    nfs_services,
    nfs_utils,
    reserved_ports,
    restart,
    rpc_registry,
)

PACKAGES = "nfs-utils (on Debian and Ubuntu nfs-kernel-server or nfs-common, on SUSE nfs-kernel-server or nfs-client)"

RPCBIND = 111

# files: marked_blocks.Edits; values: sysctl.Change objects; record: the content of the record, empty for no record.
Configuration = collections.namedtuple("Configuration", "files values record warnings")


class Change:
    """What brings a Linux host to exactly these pins (``{daemon: port}``); making one only reads the host."""

    def __init__(self, host, record, pins):
        self._host = host
        self._record, self._old = record, record.load() or {}
        self._pins = pins
        self._mechanism = nfs_utils.find()
        self._services = nfs_services.manager(host.run, self._mechanism and self._mechanism.refresh)
        self._observed = self._registered()
        restart.refuse_used_ports(pins, self._observed)
        self._configuration = configuration(pins, self._mechanism, self._old)
        self._restarted = None
        self.warnings = self._configuration.warnings

    @property
    def needed(self):
        return bool(self.diffs() or self._restarts())

    def diffs(self):
        return file_changes.diffs(self._configuration.files.changes) + sysctl.diffs(self._configuration.values)

    def apply(self):
        """Write the configuration, restart what is not at its pin, and verify."""
        self._configure()
        self._restarted = restart.restart_misplaced(
            self._pins, self._units(), self._observed, self._services, self._registered
        )
        if self._restarted:
            self._observed = self._registered()

    def result(self):
        """Return the module's values; raise HostError for a daemon that no restart would move."""
        return {
            "mechanism": self._mechanism and self._mechanism.name,
            "pins": self._pins,
            "unpinnable": {},
            "observed": self._observed,
            "restarted": self._restarts(),
        }

    def _configure(self):
        """Write the configuration under a record that covers the former state as well as the new one."""
        files, values, new, _warnings = self._configuration
        if not files.changes and not values:
            self._record.keep(new)
            return
        with self._record.covering(self._old, covering(self._old, new)):
            with file_changes.applied(files.changes), sysctl.applied(values):
                self._record.keep(new)

    def _registered(self):
        return rpc_registry.read(self._host, _port_of_rpcbind_in_use) if self._pins else {}

    def _units(self):
        return restart.units(self._pins, self._observed, self._services)

    def _restarts(self):
        """Return the units that were restarted; before apply(), those that would be."""
        if self._restarted is None:
            self._restarted = restart.restarts(self._units())
        return self._restarted


def configuration(pins, mechanism, old):
    """Return the Configuration with exactly these pins; ``old`` is the content of the record."""
    if pins and mechanism is None:
        raise HostError(
            f"This host has neither rpc.mountd nor rpc.statd, so {' and '.join(sorted(pins))} cannot be pinned; "
            f"install {PACKAGES}, or set the pins to null."
        )
    reservation = reserved_ports.compute(sorted(pins.values()), old.get("reserved", []))
    blocks = (mechanism.blocks(pins) if pins else []) + reservation.blocks
    if "lockd" in pins:
        blocks.append(lockd.options(pins["lockd"]))
    files = marked_blocks.compute(blocks, old.get("files", {}))
    lockd_values, lockd_memory = lockd.compute(pins.get("lockd"), old.get("lockd", {}))
    return Configuration(
        files=files,
        values=reservation.values + lockd_values,
        record={"files": files.memory, "reserved": reservation.added, "lockd": lockd_memory} if pins else {},
        warnings=files.warnings + reservation.warnings,
    )


def covering(old, new):
    """Return the content of a record from which either state can be undone."""
    return {
        "files": dict(new.get("files", {}), **old.get("files", {})),
        "reserved": sorted(set(old.get("reserved", [])) | set(new.get("reserved", []))),
        "lockd": dict(old.get("lockd", {}), **new.get("lockd", {})),
    }


def _port_of_rpcbind_in_use():
    for protocol in ("tcp", "udp"):
        for owner in port_owners.owners(RPCBIND, protocol):
            if not owner.closing:
                return f"{protocol} port {RPCBIND} is in use by {owner}"
    return None
