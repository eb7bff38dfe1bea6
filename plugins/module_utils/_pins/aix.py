# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on AIX: mountd and lockd look up their port in the services database when they start; statd does not.

The first line with a name counts, so the pins are in a block at the top of the database. No other line is touched, and
the lines of :mod:`fleet.ports.services_entries` are at the end.
"""

import time

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, marked_blocks, port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.src import ACTIVE, Src
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_subsystems, rpc_registry
from ansible_collections.fleet.ports.plugins.module_utils._pins.nfs_subsystems import STATD, SUBSYSTEMS

DATABASE = "/etc/services"
PROTOCOLS = ("tcp", "udp")
PORTMAP = "portmap"

# IBM, "Network ports used for NIM communication", on NFS.
WHY_NOT_STATD = "statd cannot be bound to a specific port, and will always choose an arbitrary port"

# Seconds that a restarted daemon may take to register with portmap, and between two looks.
TIMEOUT, PAUSE = 10.0, 0.2


class Change:
    """What brings an AIX host to exactly these pins (``{daemon: port}``); making one only reads the host."""

    def __init__(self, host, record, pins):
        if "statd" in pins:
            raise HostError(
                f"statd cannot be pinned to port {pins['statd']}, because this host runs AIX: "
                f"\"{WHY_NOT_STATD}\" (IBM). Leave statd out; port_matrix does so if fleet_ports_system is aix and "
                "nfs_ports_statd is auto."
            )
        self._host = host
        self._pins = pins
        self._record, old = record, record.load() or {}
        self._old_files, self._old_stopped = old.get("files", {}), old.get("stopped", [])
        self._src = Src(host.run)
        self._running = [daemon for daemon in sorted(pins) if self._src.status(SUBSYSTEMS[daemon]) == ACTIVE]
        self._observed = self._before = self._registered()
        self._misplaced = [daemon for daemon in self._running if not self._is_at_pin(daemon)]
        self._restarts = nfs_subsystems.to_restart(self._src, self._misplaced, self._old_stopped)
        self._refuse_used_ports()
        self._files = marked_blocks.compute([_block(pins)] if pins else [], self._old_files)
        self.warnings = self._files.warnings

    @property
    def needed(self):
        return bool(self._files.changes or self._restarts)

    def diffs(self):
        return file_changes.diffs(self._files.changes)

    def apply(self):
        """Write the database, restart what is not at its pin, and verify."""
        self._write()
        if self._restarts:
            nfs_subsystems.restart(self._src, self._restarts, lambda down: self._keep(self._files.memory, down))
            self._verify()

    def result(self):
        return {
            "mechanism": "services",
            "pins": dict(self._pins, statd=None),
            "unpinnable": {"statd": WHY_NOT_STATD},
            "observed": self._observed,
            "restarted": self._restarts,
        }

    def _write(self):
        """Write the database under a record that covers the former state as well as the new one."""
        # A subsystem that a killed run left down and that runs again need not be remembered.
        stopped = self._old_stopped if self._restarts else []
        if not self._files.changes:
            self._keep(self._files.memory, stopped)
            return
        old = _content(self._old_files, self._old_stopped)
        both = _content(dict(self._files.memory, **self._old_files), self._old_stopped)
        with self._record.covering(old, both):
            with file_changes.applied(self._files.changes):
                self._keep(self._files.memory, stopped)

    def _keep(self, files, stopped):
        self._record.keep(_content(files, stopped))

    def _registered(self):
        return rpc_registry.read(self._host, self._active_subsystem) if self._pins else {}

    def _active_subsystem(self):
        names = [SUBSYSTEMS[daemon] for daemon in self._running]
        if not names and self._src.status(PORTMAP) == ACTIVE:
            names = [PORTMAP]
        return f"{names[0]} is active" if names else None

    def _refuse_used_ports(self):
        """Raise HostError for a pin whose port is used, but not by its daemon or one that will be moved."""
        moving = self._misplaced + (["statd"] if STATD in self._restarts else [])
        for daemon, pin in sorted(self._pins.items()):
            if daemon in self._misplaced and daemon not in self._before:
                continue  # it runs, but is registered nowhere: the port may be its own
            for protocol in PROTOCOLS:
                known = [port for each in moving + [daemon] for port in self._before.get(each, {}).get(protocol, [])]
                if pin not in known and port_owners.is_taken(pin, protocol):
                    raise HostError(
                        f"{protocol} port {pin}, to which {daemon} is to be pinned, is in use; stop the program that "
                        f"uses it ('netstat -Aan' and 'rmsock' find it) or pin {daemon} to another port. "
                        "Nothing was changed on this host."
                    )

    def _is_at_pin(self, daemon):
        is_registered = daemon in self._observed
        return is_registered and rpc_registry.is_at_pin(daemon, self._pins[daemon], self._before, self._observed)

    def _verify(self):
        """Give the daemons time to register; raise HostError for one that is not at its pin then."""
        deadline = time.time() + TIMEOUT
        daemons = [daemon for daemon in sorted(self._pins) if SUBSYSTEMS[daemon] in self._restarts]
        while True:
            self._observed = self._registered()
            misplaced = [daemon for daemon in daemons if not self._is_at_pin(daemon)]
            if not misplaced:
                return
            if time.time() >= deadline:
                raise HostError(self._complaint(misplaced[0]))
            time.sleep(PAUSE)

    def _complaint(self, daemon):
        subsystem, pin = SUBSYSTEMS[daemon], self._pins[daemon]
        for _daemon, protocol, port in rpc_registry.misplaced(self._observed, {daemon: pin}):
            return (
                f"{daemon} is registered with portmap at {protocol} port {port} instead of its pin {pin}, although "
                f"{subsystem} was restarted after the pin was written to {DATABASE}; see whether this host takes the "
                "services from another source (/etc/irs.conf, NIS), or the port is in use."
            )
        missing = rpc_registry.lost(daemon, self._before, self._observed) or PROTOCOLS
        return (
            f"{daemon} is not registered with portmap for {' and '.join(missing)} since {subsystem} was restarted to "
            f"pin it to {pin}; see its log."
        )


def _block(pins):
    lines = [f"{daemon} {pin}/{protocol}\n" for daemon, pin in sorted(pins.items()) for protocol in PROTOCOLS]
    return marked_blocks.Block(DATABASE, marked_blocks.put_first, "".join(lines))


def _content(files, stopped):
    """Return the content of the record, or None if there is nothing to remember."""
    return {"files": files, "stopped": stopped} if files or stopped else None
