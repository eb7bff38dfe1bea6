# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host of the lab, as tests and the demo see it."""

from __future__ import annotations

from .lab import Lab


class HostHandle:
    """A host that is up: run something on it, switch it off and on, make it anew."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.lab = lab
        self.name = name

    def run(self, command: str, stdin: str | None = None) -> str:
        """What a shell command that has to succeed writes to its standard output."""
        done = self.lab.run(self.name, command, stdin)
        complaint = f"{self.name}: `{command}` ended with {done.returncode}: {done.stderr or done.stdout}"
        assert done.returncode == 0, complaint
        return done.stdout

    def succeeds(self, command: str) -> bool:
        """Whether a shell command succeeds."""
        return self.lab.run(self.name, command).returncode == 0

    def reboot(self) -> None:
        """Switch the host off and on again."""
        self.lab.reboot(self.name)

    def renew(self) -> None:
        """Make the host anew, as it was when the lab came up."""
        self.lab.renew(self.name)
