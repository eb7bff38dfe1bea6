# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on AIX: mountd and lockd look their names up in the services database when they start; statd asks nobody.

Of several lines with a name the first one counts, so a block at the top of the database has the say, and no line of
others is touched: not theirs, and not those of :mod:`services_entries`, which go to the end.
"""

import contextlib
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import (
    commands,
    file_changes,
    marked_blocks,
    port_owners,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.src import ACTIVE, Src
from ansible_collections.fleet.ports.plugins.module_utils._pins import aix_subsystems, rpc_registry
from ansible_collections.fleet.ports.plugins.module_utils._pins.aix_subsystems import STATD, SUBSYSTEMS

DATABASE = "/etc/services"
PROTOCOLS = ("tcp", "udp")

# IBM, "Network ports used for NIM communication", on NFS.
WHY_NOT_STATD = "statd cannot be bound to a specific port, and will always choose an arbitrary port"

# Time that a restarted daemon has to register with portmap.
PATIENCE, PAUSE = 10.0, 0.2


class Pinning:
    """What brings an AIX host to exactly these pins (``{daemon: port}``); making one changes nothing."""

    mechanism = "services"
    unpinnable = {"statd": WHY_NOT_STATD}

    def __init__(self, pins, run, find, record):
        if "statd" in pins:
            raise HostError(
                f"statd can't be pinned to {pins['statd']}, as this host runs AIX: \"{WHY_NOT_STATD}\" (IBM); leave "
                "statd out, which port_matrix does where fleet_ports_system is aix and nfs_ports_statd is auto."
            )
        self._pins = pins
        self._run = run
        self._rpcinfo = find("rpcinfo")
        self._record = record
        self._memory = record.load() or {}
        self._src = Src(run)
        running = [daemon for daemon in sorted(pins) if self._src.status(SUBSYSTEMS[daemon]) == ACTIVE]
        self.observed = self._before = self._ask_about(running)
        self._misplaced = [daemon for daemon in running if not self._is_settled(daemon)]
        self._restarts = aix_subsystems.to_restart(self._src, self._misplaced, self._memory.get("stopped", []))
        self._refuse_strangers()
        self._files = marked_blocks.compute([_block(pins)] if pins else [], self._memory.get("files", {}))
        self.edits = self._files.changes
        self.warnings = self._files.warnings

    def foresee(self):
        """Return what would be restarted."""
        return self._restarts

    def carry_out(self):
        """Write the database, restart what is elsewhere, and judge; return what was restarted."""
        self._write()
        if self._restarts:
            aix_subsystems.restart(self._src, self._restarts, lambda down: self._remember(self._files.memory, down))
            self._judge()
        return self._restarts

    def _write(self):
        """Write the database under a record that covers both what an earlier run did and what this one does."""
        before, stopped = self._memory.get("files", {}), self._memory.get("stopped", [])
        covering = dict(self._files.memory, **before)
        try:
            if self.edits:
                self._remember(covering, stopped)
                marked_blocks.apply(self._files, covering)
            # What a killed run has left down and is up again is nobody's concern any more.
            self._remember(self._files.memory, stopped if self._restarts else [])
        except HostError:
            with contextlib.suppress(HostError):  # the record still covers all
                file_changes.undo(self.edits)
                self._remember(before, stopped)
            raise

    def _ask(self):
        return rpc_registry.ask(self._run, self._rpcinfo)

    def _ask_about(self, running):
        """Return where the daemons are, and don't go on if some are running and nobody can say where."""
        observed = self._ask()
        if running and not observed:
            commands.do(self._run, "rpcinfo", "-p")
        return observed

    def _remember(self, files, stopped):
        if files or stopped:
            self._record.save({"files": files, "stopped": stopped})
        else:
            self._record.remove()

    def _refuse_strangers(self):
        """Raise HostError for a pin that neither the daemon has, nor one that is going to make room."""
        moving = self._misplaced + (["statd"] if STATD in self._restarts else [])
        for daemon, pin in sorted(self._pins.items()):
            if daemon in self._misplaced and daemon not in self._before:
                continue  # it runs, but is registered nowhere: the port may well be its own
            for protocol in PROTOCOLS:
                ours = [port for each in moving + [daemon] for port in self._before.get(each, {}).get(protocol, [])]
                if pin not in ours and port_owners.is_taken(pin, protocol):
                    raise HostError(
                        f"{protocol} port {pin}, to which {daemon} is to be pinned, is in use; stop what has it "
                        f"('netstat -Aan' and 'rmsock' find it) or pin {daemon} to another port. "
                        "Nothing was changed on this host."
                    )

    def _is_settled(self, daemon):
        is_registered = daemon in self.observed
        return is_registered and rpc_registry.is_settled(daemon, self._pins[daemon], self._before, self.observed)

    def _judge(self):
        """Give the daemons time to register; raise HostError for one that is not where it belongs."""
        deadline = time.time() + PATIENCE
        daemons = [daemon for daemon in sorted(self._pins) if SUBSYSTEMS[daemon] in self._restarts]
        while True:
            self.observed = self._ask()
            unsettled = [daemon for daemon in daemons if not self._is_settled(daemon)]
            if not unsettled:
                return
            if time.time() >= deadline:
                raise HostError(self._complaint(unsettled[0]))
            time.sleep(PAUSE)

    def _complaint(self, daemon):
        subsystem, pin = SUBSYSTEMS[daemon], self._pins[daemon]
        for _daemon, protocol, port in rpc_registry.misplaced(self.observed, {daemon: pin}):
            return (
                f"{daemon} is registered with portmap at {protocol} port {port} instead of its pin {pin}, although "
                f"{subsystem} was restarted after {DATABASE} had named the pin; see whether the services come from "
                "somewhere else on this host (/etc/irs.conf, NIS), or the port is in use."
            )
        return (
            f"{daemon} is not registered with portmap for {' and '.join(self._missing(daemon))} since {subsystem} was "
            f"restarted to pin it to {pin}; see what its log says."
        )

    def _missing(self, daemon):
        return rpc_registry.lost(daemon, self._before, self.observed) or PROTOCOLS


def _block(pins):
    lines = [f"{daemon} {pin}/{protocol}\n" for daemon, pin in sorted(pins.items()) for protocol in PROTOCOLS]
    return marked_blocks.Block(DATABASE, marked_blocks.put_first, "".join(lines))
