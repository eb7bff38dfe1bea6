# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host's service manager says of its firewall services."""

import os
from collections import namedtuple

Unit = namedtuple("Unit", "installed enabled active exec_start")

NAMES = ("firewalld.service", "nftables.service")

BOOTED = "/run/systemd/system"

_PROPERTIES = ("Id", "LoadState", "UnitFileState", "ActiveState", "ExecStart")
_UNKNOWN = Unit(installed=False, enabled=False, active=False, exec_start="")


def read(run):
    """Return the units by name, or None where no systemd runs."""
    if not os.path.isdir(BOOTED):
        return None
    arguments = [word for name in _PROPERTIES for word in ("-p", name)]
    _code, output, _errors = run(["systemctl", "show"] + arguments + list(NAMES))
    return parse(output)


def parse(output):
    """Return the units that ``systemctl show`` lists, each as a block of ``Name=value`` lines."""
    units = dict.fromkeys(NAMES, _UNKNOWN)
    for block in output.split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        units[values.get("Id", "")] = Unit(
            installed=values.get("LoadState") == "loaded",
            enabled=values.get("UnitFileState", "").startswith("enabled"),
            active=values.get("ActiveState") in ("active", "reloading"),
            exec_start=values.get("ExecStart", ""),
        )
    return units
