# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the holder is seen to do at present, whichever service manager runs it."""

import collections
import contextlib
import os
import time

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

SECONDS_FOR_A_RELOAD = 10

# pid: the process that has the sockets, None where there is none; sound: it has them all and comes back at boot.
State = collections.namedtuple("State", "pid held sound")

STOPPED = State(None, (), False)


def noted():
    """Return what the holder says it holds; its user, who is not root, may have made the note unreadable."""
    try:
        return tuple(holder.parse((atomic_file.read(holder.HELD) or b"").decode()))
    except ValueError:
        return ()


def of_resident(enabled):
    """Return the state of a holder that keeps the sockets itself."""
    pid = _resident_pid()
    return STOPPED if pid is None else State(pid, noted(), enabled)


def _resident_pid():
    with contextlib.suppress(ValueError):
        pid = int(atomic_file.read(holder.PID) or b"")
        if b"--resident" in (atomic_file.read(f"/proc/{pid}/cmdline") or b"").split(b"\0"):
            return pid
    return None


@contextlib.contextmanager
def awaited_note():
    """Wait until a holder that is told to reload has said again what it holds."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(holder.HELD)
    yield
    deadline = time.monotonic() + SECONDS_FOR_A_RELOAD
    while not os.path.exists(holder.HELD):
        if time.monotonic() > deadline:
            raise HostError("The holder does not answer to SIGHUP; look for 'Portblocker' in the system's log.")
        time.sleep(0.02)
