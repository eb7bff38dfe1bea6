# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated host's whole state: one JSON file, and a lock that a program holds while it runs."""

import contextlib
import fcntl
import json
import os

FOLDER = os.environ.get("AIX_SIMULATOR", "/var/lib/aix-simulator")


class Store:
    """The state of one host, in a folder of its own."""

    def __init__(self, folder=FOLDER):
        self.folder = str(folder)
        self.path = os.path.join(self.folder, "state.json")

    def create(self, state):
        """Begin with this state."""
        os.makedirs(self.folder, exist_ok=True)
        self._write(state)

    def read(self):
        """Return a copy of the state."""
        with open(self.path) as file:
            return json.load(file)

    @contextlib.contextmanager
    def changing(self):
        """Give out the state; what was changed is kept, whatever becomes of the program."""
        with open(os.path.join(self.folder, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            try:
                yield state
            finally:
                self._write(state)

    def _write(self, state):
        new = self.path + ".new"
        with open(new, "w") as file:
            file.write(json.dumps(state))
        os.replace(new, self.path)
