# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemctl: its verbs, and what it shows about units."""

from ansible_collections.fleet.ports.plugins.module_utils._service_command import do


class Systemctl:
    def __init__(self, run):
        self._run = run

    def __call__(self, *arguments):
        return do(self._run, "systemctl", *arguments)

    def show(self, units, *properties):
        """Return a dict of the properties for each of the units, in their order."""
        blocks = self("show", "--property=" + ",".join(properties), *units).strip("\n").split("\n\n")
        return [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks]

    def version(self):
        """Return the version of the manager that runs, which may not be that of the command."""
        text = self("show", "--property=Version", "--value")
        return int("".join(character if character.isdigit() else " " for character in text).split()[0])
