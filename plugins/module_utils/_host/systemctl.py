# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemctl: its verbs, and what it shows about units."""

import re

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.service_commands import do


class Systemctl:
    def __init__(self, run):
        self._run = run

    def __call__(self, *arguments):
        return do(self._run, "systemctl", *arguments)

    def show(self, units, *properties):
        """Return a dict of the properties for each of the units, in their order; what it does not know is empty."""
        blocks = self("show", "--property=" + ",".join(properties), *units).strip("\n").split("\n\n")
        if len(blocks) < len(units):
            raise HostError(f"systemctl shows {len(blocks)} units when it is asked for {', '.join(units)}.")
        return [dict(dict.fromkeys(properties, ""), **_assignments(block)) for block in blocks]

    def version(self):
        """Return the version of the manager that runs, which may not be that of the command.

        Without ``--value``, which systemd has from version 230 on.
        """
        text = _assignments(self("show", "--property=Version").strip()).get("Version", "")
        number = re.search("[0-9]{1,9}", text)
        if number is None:
            raise HostError(f"systemctl does not say which version of systemd runs, but {text!r}.")
        return int(number.group())


def _assignments(block):
    return dict(line.split("=", 1) for line in block.split("\n") if "=" in line)
