# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One at a time: whoever reads a host, computes and writes holds the lock meanwhile.

The kernel gives the lock back when its holder ends, however that comes about, so a dead holder is in nobody's way; who
comes next finds his words in the file, and sweeps up what he may have left unfinished. The file lies beside the
records, where nobody but root can open it, and is gone when nobody holds the lock. Where it can't be made (a file
system that is full or can only be read), no record can be made either, so nothing will be changed, and there is nothing
to take turns for.
"""

import contextlib
import errno
import fcntl
import os
import re
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

PATIENCE, PAUSE = 60.0, 0.1

# Whatever we write is in here, or beside the records.
WRITTEN = "/etc"

_TAKEN = (errno.EAGAIN, errno.EACCES)

_NOTHING_CAN_BE_WRITTEN = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM)


class Busy(HostError):
    """Somebody else has the lock, and keeps it."""


@contextlib.contextmanager
def taken(module):
    """Hold the lock for a module that may write; in check mode it only reads, and what it says is of the moment."""
    if module.check_mode:
        yield
        return
    with Lock(holder(module._name)).held(PATIENCE):
        yield


def holder(what):
    """Return how to speak of this process to those who wait: what it is, since when, and from where it came."""
    since = time.strftime("%H:%M:%S UTC", time.gmtime())
    words = [what, f"process {os.getpid()}", f"since {since}"]
    for name, text in ("SUDO_USER", "for {}"), ("SSH_CONNECTION", "from {}"):
        known = re.match(r"[\w.:%-]+", os.environ.get(name, ""))
        words += [text.format(known.group())] if known else []
    return ", ".join(words)


class Lock:
    """The lock of this host; ``text`` is what those who wait are told."""

    def __init__(self, text):
        self._text = text
        self._path = os.path.join(records.FOLDER, "lock")
        self._descriptor = None

    @contextlib.contextmanager
    def held(self, patience):
        """Hold it, after so many seconds of waiting at most; raise Busy, which says who has it, after those."""
        deadline = time.monotonic() + patience
        while not self._take():
            if time.monotonic() >= deadline:
                raise Busy(
                    f"Another run of fleet.ports is at work on this host ({self.holder()}), and was not done within"
                    f" {patience:.0f} s; run this again when it is, or end it."
                )
            time.sleep(PAUSE)
        try:
            yield
        finally:
            self._release()

    def holder(self):
        """Return what the file says of its holder, in his words."""
        try:
            with open(self._path) as file:
                return file.read() or "it has only begun"
        except OSError:
            return "it has just ended"

    def _take(self):
        """Return False if somebody else has it, or took the file away meanwhile."""
        try:
            with contextlib.suppress(FileExistsError):
                os.makedirs(records.FOLDER, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return False  # the last holder has taken the folder away, too
        except OSError as error:
            if error.errno in _NOTHING_CAN_BE_WRITTEN:
                return True  # nothing will be changed: there is nothing to lock
            raise HostError(f"Cannot make {self._path}: {reason(error)}.")
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
                atomic_file.sweep(folder)
        with contextlib.suppress(OSError):  # it is locked, whether or not there is room for the words
            os.ftruncate(descriptor, 0)
            os.write(descriptor, self._text.encode("utf-8", "replace"))
        return True

    def _is_here(self, descriptor):
        """Tell whether the file that was locked still bears the name, or its last holder took it away."""
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
        with contextlib.suppress(OSError):  # records live there
            os.rmdir(records.FOLDER)
