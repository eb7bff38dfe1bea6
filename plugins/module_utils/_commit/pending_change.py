# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change that nobody has confirmed yet, as it is written down on the host.

It says what the host was like before, who changed it, and until when a confirmation is waited for. The deadline is one
of the clock that runs from boot on and that nobody can set. After a reboot the wait is over: who would confirm is not
connected any more.
"""

import json
import os
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

JOB = "rollback"
BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Pending:
    """``token`` is what a confirmation has to name; ``parts`` and ``record`` are what the host was like."""

    def __init__(self, token, seconds, who, pid, record, parts, deadline=None, boot=None):
        self.token = token
        self.seconds = seconds
        self.who = who
        self.pid = pid
        self.record = record
        self.parts = parts
        self.deadline = deadline
        self.boot = boot

    def save(self):
        """Write it down; the time to confirm begins anew."""
        self.deadline = time.monotonic() + self.seconds
        self.boot = _boot()
        records.make_private_folder(records.FOLDER)
        records.make_private_folder(os.path.dirname(_path()))
        atomic_file.write(_path(), json.dumps(vars(self), sort_keys=True).encode(), mode=0o600)

    def left(self):
        """Return for how many seconds a confirmation is still waited for."""
        if self.boot != _boot():
            return 0
        left = self.deadline - time.monotonic()
        # More is left where that clock began anew, of a system that does not number its boots.
        return left if 0 < left <= self.seconds else 0


def load():
    """Return the change that waits for its confirmation, or None."""
    data = atomic_file.read(_path())
    if data is None:
        return None
    try:
        return Pending(**json.loads(data.decode("utf-8")))
    except (ValueError, TypeError, RecursionError):
        raise HostError(
            f"{_path()} is no unconfirmed change as fleet.ports writes them; see that the host's rules are right, and"
            f" remove {os.path.dirname(_path())}."
        )


def forget():
    """Remove it: from now on the change is confirmed, or undone."""
    atomic_file.remove(_path())


def _path():
    return os.path.join(records.FOLDER, JOB, "pending.json")


def _boot():
    """Return what tells this run of the system from the one before, where the system says it."""
    return (atomic_file.read(BOOT_ID) or b"").decode("ascii").strip()
