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

from ansible_collections.fleet.ports.plugins.module_utils._host import files as _atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host import commands as _host_programs
from ansible_collections.fleet.ports.plugins.module_utils._host import lock as _lock
from ansible_collections.fleet.ports.plugins.module_utils._flows import owners as _owners
from ansible_collections.fleet.ports.plugins.module_utils._host import record as _record
from ansible_collections.fleet.ports.plugins.module_utils._rollback import files as _rollback_files
from ansible_collections.fleet.ports.plugins.module_utils._rollback import pending as _rollback_pending
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs.job import HostJob

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
    deadline = time.monotonic() + _lock.PATIENCE
    while True:
        with _lock.Lock(_lock.holder(module._name)).held(_lock.PATIENCE):
            pending, host = _rollback_pending.load(), Host(_host_programs.run, _host_programs.find)
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
        time.sleep(_lock.PAUSE)


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
            self._host = Host(_host_programs.run, _host_programs.find)
            self._pending = _rollback_pending.Pending(
                token=module.params["awaits"],
                seconds=seconds,
                who=_lock.holder(module._name),
                pid=os.getpid(),
                record=_text(_atomic_file.read(_record.Record("flows").path)),
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
    pending = _rollback_pending.load()
    if pending is None or pending.token != module.params["confirms"]:
        return {"changed": False, "confirmed": False, "owned": _record.owned()}
    _rollback_pending.forget()
    with contextlib.suppress(HostError):  # the job finds nothing to do, and calls itself off
        Host(_host_programs.run, _host_programs.find).job.disarm()
    return {"changed": True, "confirmed": True, "owned": _record.owned()}


def undo(pending, host):
    """Make the host what it was: each owner's files and live rules, the last one first, then the record."""
    for part in reversed(pending.parts):
        for path in _rollback_files.put_back(part["files"]):
            _log(f"{path} was changed by somebody else since, and stays as it is")
        host.owner(part["owner"]).restore(part["live"], [note["path"] for note in part["files"]])
    record = _record.Record("flows")
    if pending.record is None:
        record.remove()
    else:
        _record.make_private_folder(_record.FOLDER)
        _atomic_file.write(record.path, pending.record.encode("utf-8"), mode=0o600)
    _rollback_pending.forget()
    host.job.disarm()


class Host:
    """Who may own rules or files on this host, and the job that undoes their changes."""

    def __init__(self, run, find):
        self._run = run
        self._find = find
        self.job = HostJob(_rollback_pending.JOB, "_rollback.rollback", ABOUT, run, find)

    def owner(self, name):
        """Return a packet filter, or who keeps the windows, or the housekeeping.

        They are imported here, for hardly a run has a change to undo, and modules come without byte code.
        """
        if name == _owners.WINDOWS:
            from ansible_collections.fleet.ports.plugins.module_utils._windows.closer import Keeper

            return Keeper(self._run, self._find)
        if name == _owners.HOUSEKEEPING:
            from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening.change import Housekeeping

            return Housekeeping(self._run, platform.system() == "AIX")
        from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Backends

        return Backends(self._run, self._find).named(name)


def main():
    """Wait until the time to confirm is over, and undo the change if it is still unconfirmed."""
    host = Host(_host_programs.run, _host_programs.find)
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
    pending = _rollback_pending.load()
    while pending and pending.left() > 0:
        time.sleep(min(pending.left(), 1))
        pending = _rollback_pending.load()
    with _claimed():
        pending = _rollback_pending.load()
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
    lock = _lock.Lock(_lock.holder("the roll-back"))
    try:
        with lock.held(PATIENCE_WITH_APPLIER):
            yield
    except _lock.Busy:
        pending = _rollback_pending.load()
        if pending and f"process {pending.pid}," in lock.holder():
            os.kill(pending.pid, signal.SIGKILL)
        raise


def _log(text):
    syslog.openlog("fleet.ports")
    syslog.syslog(syslog.LOG_WARNING, text)


def _text(data):
    return None if data is None else data.decode("utf-8")
