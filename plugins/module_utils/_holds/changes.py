# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of the concern ``holds``: to hold ports, and to give them back.

Conflicts are found before anything is written. If a change fails, the host is restored; only if another program took a
port while the holder was starting, the holder keeps the ports that it has.
"""

import time

from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    holder,
    holder_files,
    holder_state,
    obstacles,
    rpc_daemons,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored

# TIME_WAIT lasts a minute.
SECONDS_FOR_CLOSED_CONNECTIONS = 75


class Holding:
    """The change after which the holder has exactly the wanted sockets.

    :param record: the concern's Record; ``old`` is its content before (None for no record), ``new`` that after.
    :param service: the service manager (see :mod:`service_managers.table`).
    :param state: the State of the holder.
    :param holds: the wanted sockets that this kernel supports.
    :param files: the changes of the holder's files.
    :param blacklist: the Edits of the C library's list.
    :param conflicts: the Conflicts with other programs.
    """

    def __init__(self, record, old, new, service, state, holds, files, blacklist, conflicts):
        self._record = record
        self._old, self._new = old, new
        self._service = service
        self._state = state
        self._holds = holds
        self._files = files
        self._blacklist = blacklist
        self._conflicts = conflicts
        # The services that a run that was killed has left stopped.
        self._left_stopped = old.get("stopped", []) if old else []
        self._stopped = self._left_stopped

    @property
    def needed(self):
        return self._starts_holder or bool(self._blacklist.changes or self._left_stopped)

    @property
    def warnings(self):
        return self._blacklist.warnings

    def diffs(self):
        return holder_files.diffs(self._files + self._blacklist.changes) + holder_state.diffs(self._state, self._holds)

    def result(self):
        return {
            "held": [dict(hold._asdict()) for hold in self._holds],
            "restarted": sorted(set(self._conflicts.services).union(self._left_stopped)),
            "conflicting_daemons": self._conflicts.sentences,
        }

    def apply(self):
        """Write the files, and let the holder follow them while the conflicting daemons are stopped."""
        if not self.needed:
            self._record.keep(self._new)
            return
        self._wait_for_closed_connections()
        with self._record.covering(self._old, self._both(self._left_stopped)):
            try:
                with file_changes.applied(self._files + self._blacklist.changes):
                    self._start()
            except HostError as error:
                _restore(error, *self._steps_back())
                raise
            self._record.keep(self._new)
        self._check()

    @property
    def _was_running(self):
        return self._state.pid is not None

    @property
    def _starts_holder(self):
        """Whether the holder differs from what it has to be."""
        return bool(self._files) or not self._state.sound or set(self._state.held) != set(self._holds)

    def _both(self, stopped):
        """Return the content of a record that covers the host before, during and after the change."""
        blacklist = dict(self._old["blacklist"] if self._old else {}, **self._new["blacklist"])
        return dict(self._new, blacklist=blacklist, stopped=stopped)

    def _remember(self, stopped):
        """Save which services have to be started again, should this process be killed."""
        self._stopped = stopped
        self._record.save(self._both(stopped))

    def _wait_for_closed_connections(self):
        deadline = time.monotonic() + SECONDS_FOR_CLOSED_CONNECTIONS
        closing = self._conflicts.closing
        while closing and obstacles.find(closing, self._state):
            if time.monotonic() > deadline:
                raise HostError(f"A closed connection still occupies {closing[0]}. Run again in a minute.")
            time.sleep(1)

    def _start(self):
        """Start the holder, or make it follow its files; one that did not run before is stopped if this fails."""
        try:
            daemons, services = self._service.daemons, self._conflicts.services
            with rpc_daemons.stopped(daemons, services, self._left_stopped, self._remember):
                if self._starts_holder:
                    self._bring_up()
        except HostError as error:
            if not self._was_running:
                _restore(error, self._service.take_down)
            raise

    def _bring_up(self):
        renewed = any(change.path != holder.LIST for change in self._files)
        self._service.bring_up(running=self._was_running, renewed=renewed)

    def _steps_back(self):
        """Return what remains to be done once the files are restored."""
        if not self._was_running:
            yield self._service.forget
        elif self._starts_holder:
            yield self._bring_up
        if self._stopped:
            yield self._start_daemons

    def _start_daemons(self):
        self._service.daemons.start(self._stopped)

    def _check(self):
        """Raise HostError unless the holder has the wanted sockets."""
        state = self._service.state()
        missing = [hold for hold in self._holds if hold not in state.held]
        if missing:
            found = sorted({str(obstacle) for obstacle in obstacles.find(missing, state)})
            reasons = " and ".join(found) or "search the system log for Portblocker"
            raise HostError(
                f"The holder could not bind {', '.join(map(str, missing))}: {reasons}. Remove the cause and run again."
            )
        if not state.sound:
            raise HostError("The holder started but does not keep its sockets. Search the system log for Portblocker.")


class GivingBack:
    """The change that frees the ports and restores the files.

    The parameters are those of :class:`Holding`.
    """

    needed = True

    def __init__(self, record, old, service, state, files, blacklist):
        self._record = record
        self._old = old
        self._service = service
        self._state = state
        self._files = files
        self._blacklist = blacklist
        # The services that a run that was killed has left stopped.
        self._left_stopped = old.get("stopped", [])

    @property
    def warnings(self):
        return self._blacklist.warnings

    def diffs(self):
        return holder_files.diffs(self._files + self._blacklist.changes) + holder_state.diffs(self._state, [])

    def result(self):
        return dict(NothingHeld().result(), restarted=self._left_stopped)

    def apply(self):
        """Stop the holder and restore the files; the record is removed last."""
        try:
            self._service.take_down()
            with file_changes.applied(self._files + self._blacklist.changes):
                self._service.forget()
        except HostError as error:
            if self._state.pid is not None:
                _restore(error, self._start_holder)
            raise
        holder_files.remove_folder()
        if self._left_stopped:
            self._service.daemons.start(self._left_stopped)
        self._record.remove()

    def _start_holder(self):
        self._service.bring_up(running=False, renewed=True)


class NothingHeld:
    """No change: the host has no record of the concern."""

    needed = False
    warnings = []

    def diffs(self):
        return []

    def apply(self):
        pass

    def result(self):
        return {"held": [], "restarted": [], "conflicting_daemons": []}


def _restore(error, *steps):
    """Run all the steps that restore the host after the error; raise NotRestored if any of them fails."""
    failures = []
    for step in steps:
        try:
            step()
        except HostError as failure:
            failures.append(str(failure))
    if failures:
        raise NotRestored(f"{error} Restoring the host failed as well: {' '.join(failures)}")
