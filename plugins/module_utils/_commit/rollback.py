# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply, reconnect, confirm: a change of the packet filter that nobody confirms is undone by the host itself.

Before the first change the host notes what it is like and starts a job that will undo the change in so many seconds.
The confirmation comes over a new connection; it takes the note away, and the job finds nothing to do. Both do so under
the lock, so that it is the one or the other. A change that went wrong half way is undone the same way, and so is one
whose run died.
"""

import contextlib
import os
import platform
import signal
import syslog
import time

from ansible_collections.fleet.ports.plugins.module_utils._commit import noted_files, pending_change
from ansible_collections.fleet.ports.plugins.module_utils._flows import owners
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs.host_job import HostJob

SHORTEST, LONGEST = 5, 3600

# How long a run may go on applying once the time to confirm is over, before it is taken for hung and ended.
PATIENCE_WITH_APPLIER = 300.0

# The job tries so often to undo a change, with so many seconds in between.
ATTEMPTS, PAUSE = 60, 5.0

ABOUT = "Take a change of the packet filter back that nobody confirms"


@contextlib.contextmanager
def our_turn(module):
    """Hold the lock with no change of another run unconfirmed: it is waited for, or undone if its time is over."""
    if module.check_mode:
        yield
        return
    deadline = time.monotonic() + host_lock.PATIENCE
    while True:
        with host_lock.Lock(host_lock.holder(module._name)).held(host_lock.PATIENCE):
            pending, host = pending_change.load(), Host(commands.run, commands.find)
            if pending is None and host.job.is_left():
                host.job.disarm()
            if pending is not None and pending.left() == 0:
                undo(pending, host)
                pending = None
            if pending is None or module.params["confirms"]:
                yield
                return
        if time.monotonic() >= deadline:
            raise HostError(
                f"This host has a change that nobody has confirmed yet ({pending.who}), and which it undoes by itself"
                f" in {pending.left():.0f} s; run this again then."
            )
        time.sleep(host_lock.PAUSE)


class Armed:
    """The context in which a change is applied: one that has a token is undone unless it is confirmed.

    ``changes`` are pairs of an owner under the record of flows, and its change.
    """

    def __init__(self, module, changes):
        seconds = module.params["confirm_timeout"]
        if seconds and not SHORTEST <= seconds <= LONGEST:
            raise HostError(f"confirm_timeout is {seconds}; let it be {SHORTEST} to {LONGEST} seconds, or 0.")
        self._pending = None
        parts = [dict(change.way_back(), owner=owner) for owner, change in changes if change.needed]
        if parts and seconds and module.params["awaits"] and not module.check_mode:
            self._host = Host(commands.run, commands.find)
            self._pending = pending_change.Pending(
                token=module.params["awaits"],
                seconds=seconds,
                who=host_lock.holder(module._name),
                pid=os.getpid(),
                record=_text(atomic_file.read(records.Record("flows").path)),
                parts=parts,
            )

    def __enter__(self):
        if not self._pending:
            return
        try:
            self._pending.save()
            self._host.job.arm_in(self._pending.seconds)
        except HostError:
            self._host.job.disarm()
            raise

    def __exit__(self, kind, error, trace):
        if self._pending and kind is None:
            self._begin_to_wait()
        elif self._pending and issubclass(kind, HostError):
            self._undo(error)

    def _begin_to_wait(self):
        """Give as much time to confirm as was promised, now that the change is made."""
        try:
            self._pending.save()
        except HostError as error:
            self._undo(error)
            raise

    def _undo(self, error):
        try:
            undo(self._pending, self._host)
        except HostError as second:
            raise HostError(
                f"{error} Undoing what was done by then failed too: {second} The host tries again by itself in"
                f" {self._pending.seconds} s."
            )

    def remark(self):
        """Return what the result says of it."""
        return {"unconfirmed": True} if self._pending else {}


def confirm(module):
    """Let the change stand that the option ``confirms`` names, unless the host has undone it."""
    pending = pending_change.load()
    if pending is None or pending.token != module.params["confirms"]:
        return {"changed": False, "confirmed": False, "owned": records.owned()}
    pending_change.forget()
    with contextlib.suppress(HostError):  # the job finds nothing to do, and calls itself off
        Host(commands.run, commands.find).job.disarm()
    return {"changed": True, "confirmed": True, "owned": records.owned()}


def undo(pending, host):
    """Make the host what it was: each owner's files and live rules, the last one first, then the record."""
    for part in reversed(pending.parts):
        for path in noted_files.put_back(part["files"]):
            _log(f"{path} was changed by somebody else since, and stays as it is")
        host.owner(part["owner"]).restore(part["live"], [note["path"] for note in part["files"]])
    record = records.Record("flows")
    if pending.record is None:
        record.remove()
    else:
        records.make_private_folder(records.FOLDER)
        atomic_file.write(record.path, pending.record.encode("utf-8"), mode=0o600)
    pending_change.forget()
    host.job.disarm()


class Host:
    """Who may own rules or files on this host, and the job that undoes their changes."""

    def __init__(self, run, find):
        self._run = run
        self._find = find
        self.job = HostJob(pending_change.JOB, "_commit.rollback", ABOUT, run, find)

    def owner(self, name):
        """Return a packet filter, or who keeps the windows, or the housekeeping.

        They are imported here, for hardly a run has a change to undo, and modules come without byte code.
        """
        if name == owners.WINDOWS:
            from ansible_collections.fleet.ports.plugins.module_utils._windows.closer import Keeper

            return Keeper(self._run, self._find)
        if name == owners.HOUSEKEEPING:
            from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening.change import Housekeeping

            return Housekeeping(self._run, platform.system() == "AIX")
        from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Backends

        return Backends(self._run, self._find).named(name)


def main():
    """Wait until the time to confirm is over, and undo the change if it is still unconfirmed."""
    host = Host(commands.run, commands.find)
    for _attempt in range(ATTEMPTS):
        try:
            while not _is_over(host):
                pass
            return
        except HostError as error:
            _log(f"the change of the packet filter is not undone yet: {error}")
            time.sleep(PAUSE)
    raise SystemExit(1)


def _is_over(host):
    """Wait for the end of the time to confirm, as far as it is known by now; tell whether nothing is left to do."""
    pending = pending_change.load()
    while pending and pending.left() > 0:
        time.sleep(min(pending.left(), 1))
        pending = pending_change.load()
    with _claimed():
        pending = pending_change.load()
        if pending is None:
            host.job.disarm()
        elif pending.left() > 0:
            return False
        else:
            undo(pending, host)
            _log(f"nobody confirmed the change of the packet filter ({pending.who}), so it is undone")
    return True


@contextlib.contextmanager
def _claimed():
    """Hold the lock; who applies the change without an end is ended."""
    lock = host_lock.Lock(host_lock.holder("the roll-back"))
    try:
        with lock.held(PATIENCE_WITH_APPLIER):
            yield
    except host_lock.Busy:
        pending = pending_change.load()
        if pending and f"process {pending.pid}," in lock.holder():
            os.kill(pending.pid, signal.SIGKILL)
        raise


def _log(text):
    syslog.openlog("fleet.ports")
    syslog.syslog(syslog.LOG_WARNING, text)


def _text(data):
    return None if data is None else data.decode("utf-8")
