# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemctl: whether systemd runs this host, its verbs, and the properties of units.

A systemctl that fails is an error, never the answer that there is no such unit: for a unit that does not exist,
``systemctl show`` succeeds with ``LoadState=not-found``. ``--value`` is not used; systemd 219 (EL7) does not know it.
"""

import os
import re
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# Exists if and only if systemd is the system's service manager (sd_booted(3)).
BOOTED = "/run/systemd/system"
# Seconds before it is asked again: while a host boots, it was seen to leave a unit out, and to succeed.
_PAUSES = (0.2, 1.0, 0)


def is_booted():
    """Return whether systemd runs this host."""
    return os.path.isdir(BOOTED)


class Systemctl:
    """The command; ``run`` starts a program, as :func:`commands.run` does."""

    def __init__(self, run):
        self._run = run

    def __call__(self, *arguments):
        """Run it with these arguments and return its output; raise HostError if it fails."""
        return commands.do(self._run, "systemctl", *arguments)

    def show(self, units, *properties):
        """Return a dict of the properties for each of the units, in their order; an unknown property is empty."""
        for pause in _PAUSES:
            blocks = self("show", "--property=" + ",".join(properties), *units).strip("\n").split("\n\n")
            if len(blocks) >= len(units):
                return [dict(dict.fromkeys(properties, ""), **_assignments(block)) for block in blocks]
            time.sleep(pause)
        raise HostError(f"systemctl shows only {len(blocks)} of the units {', '.join(units)}.")

    def version(self):
        """Return the version of the manager that runs, which may differ from that of the command."""
        text = _assignments(self("show", "--property=Version")).get("Version", "")
        number = re.search("[0-9]{1,9}", text)
        if number is None:
            raise HostError(f"systemctl reports {text!r}, which is not a version of systemd.")
        return int(number.group())


def _assignments(block):
    return dict(line.split("=", 1) for line in block.split("\n") if "=" in line)
