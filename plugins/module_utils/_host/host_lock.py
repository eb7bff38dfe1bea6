# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of a host: one process at a time reads the host, computes and writes.

The kernel releases the lock when its holder ends, even if the holder is killed. The file of a killed holder still
describes it; the next holder then removes the temporary files that it may have left. The file is in the folder of the
records, readable by root only, and is removed with the lock. If it cannot be created (a file system that is full or
read-only), no record can be created either, so nothing will be changed and no lock is needed.
"""

import contextlib
import errno
import fcntl
import os
import re
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# Seconds to wait for the lock, and between two attempts.
TIMEOUT, PAUSE = 60.0, 0.1

# All files that fleet.ports writes are in here, or in the folder of the records.
WRITTEN = "/etc"

_TAKEN = (errno.EAGAIN, errno.EACCES)

_NOTHING_CAN_BE_WRITTEN = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM)


class Busy(HostError):
    """Another process holds the lock and did not release it in time."""


@contextlib.contextmanager
def taken(module):
    """Hold the lock for a module that may write; in check mode, which only reads, no lock is taken."""
    if module.check_mode:
        yield
        return
    with Lock(this_process(module._name)).held(TIMEOUT):
        yield


def this_process(what):
    """Return the description of this process for those that wait: what it is, since when, by whom and from where."""
    since = time.strftime("%H:%M:%S UTC", time.gmtime())
    words = [what, f"process {os.getpid()}", f"since {since}"]
    for name, text in ("SUDO_USER", "for {}"), ("SSH_CONNECTION", "from {}"):
        known = re.match(r"[\w.:%-]+", os.environ.get(name, ""))
        words += [text.format(known.group())] if known else []
    return ", ".join(words)


class Lock:
    """The lock of this host; ``text`` describes its holder to the processes that wait."""

    def __init__(self, text):
        self._text = text
        self._path = os.path.join(records.FOLDER, "lock")
        self._descriptor = None

    @contextlib.contextmanager
    def held(self, timeout):
        """Hold the lock; raise Busy, which describes the holder, if it is not free within the timeout (seconds)."""
        deadline = time.monotonic() + timeout
        while not self._take():
            if time.monotonic() >= deadline:
                raise Busy(
                    f"Another run of fleet.ports is running on this host ({self.holder()}) and did not end within "
                    f"{timeout:.0f} s; wait until it ends, or end it, then run again."
                )
            time.sleep(PAUSE)
        try:
            yield
        finally:
            self._release()

    def holder(self):
        """Return the description of the holder."""
        try:
            with open(self._path) as file:
                return file.read() or "it has just started"
        except OSError:
            return "it has just ended"

    def _take(self):
        """Return whether the lock was taken: False if another process holds it, or has removed the file meanwhile."""
        try:
            with contextlib.suppress(FileExistsError):
                os.makedirs(records.FOLDER, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return False  # the last holder has removed the folder as well
        except OSError as error:
            if error.errno in _NOTHING_CAN_BE_WRITTEN:
                return True  # nothing will be changed, so nothing is locked
            raise HostError(f"Cannot create {self._path}: {reason(error)}.")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._is_here(descriptor):
                os.close(descriptor)
                return False
        except OSError as error:
            os.close(descriptor)
            if error.errno in _TAKEN:
                return False
            raise HostError(f"Cannot lock {self._path}: {reason(error)}.")
        self._descriptor = descriptor
        if os.fstat(descriptor).st_size:
            for folder in (records.FOLDER, WRITTEN):
                atomic_file.remove_unfinished(folder)
        with contextlib.suppress(OSError):  # the lock holds, whether or not there is room for the text
            os.ftruncate(descriptor, 0)
            os.write(descriptor, self._text.encode("utf-8", "replace"))
        return True

    def _is_here(self, descriptor):
        """Return whether the file that was locked still has its name, or its last holder removed it."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def _release(self):
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.unlink(self._path)
        os.close(self._descriptor)
        self._descriptor = None
        with contextlib.suppress(OSError):  # it contains records
            os.rmdir(records.FOLDER)
