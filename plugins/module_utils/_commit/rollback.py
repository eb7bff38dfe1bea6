# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply, connect anew, confirm: a change that is not confirmed in time is undone by the host itself.

Before the change, the former state is noted on disk and a job is armed that will undo the change after so many seconds.
The confirmation arrives over a new connection and removes the note, so that the job finds nothing to do. Both hold the
lock meanwhile, so only one of them can happen. A change that fails half way is undone in the same way, and so is one
whose run died.
"""

import contextlib
import os
import signal
import syslog
import time

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    atomic_file,
    commands,
    file_changes,
    host_lock,
    records,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs.host_job import HostJob

# For how many seconds a run may go on applying after the time to confirm, before it counts as hung and is ended.
PATIENCE_WITH_APPLIER = 300.0

# How often the job tries to undo a change, and how many seconds lie in between.
ATTEMPTS, PAUSE = 60, 5.0

ABOUT = "Undo a change of the packet filter that is not confirmed"


class Rollback:
    """The roll-back of one kind of changes.

    ``program`` is the dotted name, below ``module_utils``, of the module whose ``main()`` calls :meth:`wait_and_undo`
    when the job runs it. ``restore(owner, live, paths)`` makes what runs follow the files of these paths, which have
    their former content by then; ``live`` is what the owner noted. It may be called again if it was interrupted.
    """

    def __init__(self, program, restore):
        self.job = HostJob(pending_change.JOB, program, ABOUT, commands.run, commands.find)
        self._restore = restore

    @contextlib.contextmanager
    def exclusive(self, module, accepts=lambda pending: False):
        """Hold the lock while no change of another run is unconfirmed.

        Such a change is waited for, or undone if its time is over; if ``accepts(pending)`` is true, the run goes on.
        """
        if module.check_mode:
            yield
            return
        deadline = time.monotonic() + host_lock.TIMEOUT
        while True:
            with host_lock.Lock(host_lock.this_process(module._name)).held(host_lock.TIMEOUT):
                pending = self._still_pending()
                if pending is None or accepts(pending):
                    yield
                    return
            if time.monotonic() >= deadline:
                raise HostError(
                    f"This host has an unconfirmed change ({pending.who}) and undoes it by itself in"
                    f" {pending.left():.0f} s; run again afterwards."
                )
            time.sleep(host_lock.PAUSE)

    def _still_pending(self):
        """Return the change that may still be confirmed; undo one whose time is over, and disarm a job without one."""
        pending = pending_change.load()
        if pending is None and self.job.is_left():
            self.job.disarm()
        if pending is not None and pending.left() == 0:
            self.undo(pending)
            return None
        return pending

    @contextlib.contextmanager
    def armed(self, pending):
        """Apply a change in this context: it is undone at once if it fails, and later unless it is confirmed."""
        try:
            pending.save()
            self.job.arm_in(pending.seconds)
        except HostError:
            self.job.disarm()
            raise
        try:
            yield
            pending.complete = True
            pending.save()  # the promised time begins now that the change is made
        except HostError as error:
            self._undo_failed(pending, error)
            raise

    def _undo_failed(self, pending, error):
        try:
            self.undo(pending)
        except HostError as second:
            raise HostError(
                f"{error} Undoing the partial change failed as well: {second} The host will try again by itself in"
                f" {pending.seconds} s."
            )

    def left(self, token):
        """Return for how many seconds the change of this token can be confirmed, 0 if there is no such change.

        One that is not complete is undone: the caller holds the lock, so the run that made it has died.
        """
        pending = pending_change.load()
        if pending is None or pending.token != token:
            return 0
        if not pending.complete:
            self.undo(pending)
            return 0
        return pending.left()

    def confirm(self, token):
        """Let the change of this token stand; return False if there is none, because it was undone already."""
        if not self.left(token):
            return False
        pending_change.forget()
        with contextlib.suppress(HostError):  # the job finds nothing to do, and disarms itself
            self.job.disarm()
        return True

    def undo(self, pending):
        """Restore files, what runs, and the records, in reverse order of the change."""
        for part in reversed(pending.parts):
            for path in file_changes.restore(part["files"]):
                _log(f"{path} was modified externally since the change, and is left as it is")
            self._restore(part["owner"], part["live"], [note["path"] for note in part["files"]])
        for concern, text in pending.records.items():
            _restore_record(records.Record(concern), text)
        pending_change.forget()
        self.job.disarm()

    def wait_and_undo(self):
        """Wait until the time to confirm is over, and undo the change if it is still unconfirmed."""
        for _attempt in range(ATTEMPTS):
            try:
                while not self._is_decided():
                    pass
                return
            except HostError as error:
                _log(f"the change of the packet filter is not undone yet: {error}")
                time.sleep(PAUSE)
        raise SystemExit(1)

    def _is_decided(self):
        """Wait for the deadline as it is noted now; return False if it was moved meanwhile."""
        pending = pending_change.load()
        while pending and pending.left() > 0:
            time.sleep(min(pending.left(), 1))
            pending = pending_change.load()
        with _lock_from_hung_run():
            pending = pending_change.load()
            if pending is None:
                self.job.disarm()
            elif pending.left() > 0:
                return False
            else:
                self.undo(pending)
                _log(f"the change of the packet filter ({pending.who}) was not confirmed, so it was undone")
        return True


@contextlib.contextmanager
def _lock_from_hung_run():
    """Hold the lock; a run that goes on applying the change for too long is ended."""
    lock = host_lock.Lock(host_lock.this_process("the roll-back"))
    try:
        with lock.held(PATIENCE_WITH_APPLIER):
            yield
    except host_lock.Busy:
        pending = pending_change.load()
        if pending and f"process {pending.pid}," in lock.holder():
            os.kill(pending.pid, signal.SIGKILL)
        raise


def _restore_record(record, text):
    if text is None:
        record.remove()
    else:
        atomic_file.write(record.path, text.encode("utf-8"), mode=0o600)


def _log(text):
    syslog.openlog("fleet.ports")
    syslog.syslog(syslog.LOG_WARNING, text)
