# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of packet filters on a Linux host, as its service manager and firewalld itself describe them."""

import collections
import glob

from ansible_collections.fleet.ports.plugins.module_utils._host import systemctl
from ansible_collections.fleet.ports.plugins.module_utils._host.commands import checked

# installed, enabled (starts at boot), active: bool; exec_start: the command, as systemd shows it
Service = collections.namedtuple("Service", "installed enabled active exec_start")

UNITS = ("firewalld.service", "nftables.service")
_PROPERTIES = ("LoadState", "UnitFileState", "ActiveState", "ExecStart")

# What ``firewall-cmd --state`` ends with (firewall-cmd(1)).
_RUNNING, _RUNNING_BUT_FAILED, _NOT_RUNNING = 0, 251, 252

# What starts a service at boot without systemd: links of OpenRC and of SysV init.
RUNLEVELS = ("/etc/runlevels/*/{}", "/etc/rc[2345].d/S[0-9][0-9]{}")


class FirewallServices:
    """The services of one host, which is asked when the first of them is."""

    def __init__(self, host):
        self._host = host
        self._found = None

    @property
    def firewalld(self):
        """The Service firewalld."""
        return self._services()[0]

    @property
    def nftables(self):
        """The Service that loads the rules of nftables, None where only systemd could describe it and does not run."""
        return self._services()[1]

    def _services(self):
        if self._found is None:
            self._found = _of_systemd(self._host) if systemctl.is_booted() else (_firewalld(self._host), None)
        return self._found


def _of_systemd(host):
    shown = systemctl.Systemctl(host.run).show(UNITS, *_PROPERTIES)
    return tuple(
        Service(
            installed=unit["LoadState"] == "loaded",
            enabled=unit["UnitFileState"].startswith("enabled"),
            active=unit["ActiveState"] in ("active", "reloading"),
            exec_start=unit["ExecStart"],
        )
        for unit in shown
    )


def _firewalld(host):
    """Return firewalld of a host without systemd; firewalld itself says whether it runs."""
    program = host.find("firewall-cmd")
    if program is None:
        return Service(installed=False, enabled=False, active=False, exec_start="")
    code, output, errors = host.run([program, "--state"])
    if code not in (_RUNNING, _RUNNING_BUT_FAILED, _NOT_RUNNING):
        checked(("firewall-cmd", "--state"), (code, output, errors))
    enabled = any(glob.glob(pattern.format("firewalld")) for pattern in RUNLEVELS)
    return Service(installed=True, enabled=enabled, active=code != _NOT_RUNNING, exec_start="")
