# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The System Resource Controller, AIX's service manager: what a subsystem does, and how it is stopped and started.

``stopsrc`` returns before the daemon is gone, so who stops it waits for ``lssrc`` to say so. What SRC refuses is one
sentence.
"""

import time

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

ACTIVE, INOPERATIVE = "active", "inoperative"

# Columns of lssrc; the group and the process number between them can be empty.
NAME, STATUS = slice(0, 18), slice(48, None)

NOT_ON_FILE, ALREADY_ACTIVE = "0513-085", "0513-029"

# Time that a daemon has to stop.
PATIENCE, PAUSE = 30.0, 0.2


class Src:
    """The subsystems of this host; ``run`` starts a program."""

    def __init__(self, run):
        self._run = run

    def status(self, name):
        """Return what lssrc says of a subsystem: active, inoperative, or something on the way from one to the other."""
        code, output, errors = self._run(["lssrc", "-s", name])
        if NOT_ON_FILE in output + errors:
            raise HostError(
                f"This host has no subsystem {name} ({NOT_ON_FILE}); install what brings it, or leave it out."
            )
        for line in output.splitlines():
            if line[NAME].strip() == name:
                return line[STATUS].strip()
        complaint = " ".join((errors or output).split()) or f"exit status {code}"
        raise HostError(f"'lssrc -s {name}' does not say whether {name} runs: {complaint.rstrip('.')}.")

    def stop(self, name):
        """Stop a subsystem and return when it is down."""
        if self.status(name) == ACTIVE:
            commands.do(self._run, "stopsrc", "-s", name)
        deadline = time.time() + PATIENCE
        while self.status(name) != INOPERATIVE:
            if time.time() >= deadline:
                raise HostError(
                    f"{name} was requested to stop, but after {PATIENCE:.0f} seconds lssrc says {self.status(name)!r}; "
                    "end what keeps it, then run this again."
                )
            time.sleep(PAUSE)

    def start(self, name):
        """Start a subsystem that is down."""
        command = ["startsrc", "-s", name]
        code, output, errors = self._run(command)
        # Whether startsrc counts that as a failure is not documented.
        if ALREADY_ACTIVE in output + errors:
            raise HostError(
                f"{name} was started by somebody else in the meantime ({ALREADY_ACTIVE}); run this again, to see that "
                "it is where it should be."
            )
        commands.checked(command, (code, output, errors))
