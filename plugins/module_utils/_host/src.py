# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The System Resource Controller, AIX's service manager: what a subsystem does, and how it is stopped and started.

``stopsrc`` returns before the daemon has ended, so :meth:`Src.stop` waits until ``lssrc`` says that it is inoperative.
"""

import time

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

ACTIVE, INOPERATIVE = "active", "inoperative"

# Columns of lssrc; the group and the process ID between them can be empty.
NAME, STATUS = slice(0, 18), slice(48, None)

NOT_ON_FILE, ALREADY_ACTIVE = "0513-085", "0513-029"

# Seconds that a daemon may take to stop, and between two looks.
TIMEOUT, PAUSE = 30.0, 0.2


class Src:
    """The subsystems of this host; ``run`` runs a command, as :func:`commands.run` does."""

    def __init__(self, run):
        self._run = run

    def status(self, name):
        """Return the status of a subsystem: active, inoperative, or one in between, such as stopping."""
        command = ["lssrc", "-s", name]
        answer = self._run(command)
        if NOT_ON_FILE in answer[1] + answer[2]:
            raise HostError(
                f"This host has no subsystem {name} ({NOT_ON_FILE}); install the software that contains it, or "
                "leave it out."
            )
        output = commands.checked(command, answer)
        for line in output.splitlines():
            if line[NAME].strip() == name:
                return line[STATUS].strip()
        raise HostError(f"'lssrc -s {name}' does not list {name}, but prints {' '.join(output.split())!r}.")

    def stop(self, name):
        """Stop a subsystem and return when it is inoperative."""
        if self.status(name) == ACTIVE:
            commands.do(self._run, "stopsrc", "-s", name)
        deadline = time.time() + TIMEOUT
        while self.status(name) != INOPERATIVE:
            if time.time() >= deadline:
                raise HostError(
                    f"{name} was requested to stop, but after {TIMEOUT:.0f} seconds lssrc reports "
                    f"{self.status(name)!r}; end what it waits for, then run again."
                )
            time.sleep(PAUSE)

    def start(self, name):
        """Start a subsystem that is inoperative."""
        command = ["startsrc", "-s", name]
        code, output, errors = self._run(command)
        # Whether startsrc counts that as a failure is not documented.
        if ALREADY_ACTIVE in output + errors:
            raise HostError(
                f"{name} was started by another program in the meantime ({ALREADY_ACTIVE}); run again to verify "
                "its port."
            )
        commands.checked(command, (code, output, errors))
