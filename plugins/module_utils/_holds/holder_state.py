# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the holder does at present, whichever service manager runs it."""

import collections
import contextlib
import os
import time

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

SECONDS_FOR_A_RELOAD = 10

# pid: the process that has the sockets, None for none; held: the holds that it has; sound: whether it has all that it
# notes, and starts at boot.
State = collections.namedtuple("State", "pid held sound")

STOPPED = State(None, (), False)


def noted():
    """Return the holds that the holder notes; its user, who is not root, can make the note unreadable."""
    try:
        return tuple(holder.parse((atomic_file.read(holder.HELD) or b"").decode()))
    except ValueError:
        return ()


def of_resident(enabled):
    """Return the state of a holder that keeps the sockets in its own process."""
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
    """Wait after the body, which makes a resident holder reload, until the holder has noted its sockets again."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(holder.HELD)
    yield
    deadline = time.monotonic() + SECONDS_FOR_A_RELOAD
    while not os.path.exists(holder.HELD):
        if time.monotonic() > deadline:
            raise HostError("The holder does not respond to SIGHUP. Search the system log for Portblocker.")
        time.sleep(0.02)


def diffs(state, holds):
    """Return the difference between the state and a sound holder of these holds, as Ansible shows it, in a list."""
    before, after = _text(state.held if state.pid else (), state.sound), _text(holds, True)
    return [] if before == after else [file_changes.diff("the holder", before.encode(), after.encode())]


def _text(holds, sound):
    if not holds:
        return "is stopped\n"
    fault = "" if sound else "does not start at boot, or does not match its files\n"
    return fault + "".join(f"holds {hold}\n" for hold in sorted(holds, key=_by_port))


def _by_port(hold):
    return hold.port, hold.protocol, hold.address
