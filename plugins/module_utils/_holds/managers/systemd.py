# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under systemd: a unit of its own; from version 246 on PID 1 keeps the sockets."""

import contextlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import holder_state, systemd_unit
from ansible_collections.fleet.ports.plugins.module_utils._holds.rpc_daemons import Units
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, systemctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.systemctl import Systemctl

PATH = "/etc/systemd/system/" + systemd_unit.NAME

# The holder needs no rights at all but one, so it need not be root where the host has an ordinary system user.
USER = "daemon"
USERS = "/etc/passwd"


class Systemd:
    daemons = Units

    def __init__(self, run):
        self._systemctl = Systemctl(run)
        self._version = self._systemctl.version()

    @staticmethod
    def runs_here():
        return systemctl.is_booted()

    def files(self, command):
        """Return ``{path: (content, mode)}`` of what tells the service manager about the holder."""
        return {PATH: (systemd_unit.text(command, self._version, holder.PID, _user()).encode(), 0o644)}

    def state(self):
        unit = self._systemctl.show(
            [systemd_unit.NAME], "ActiveState", "UnitFileState", "NeedDaemonReload", "NFileDescriptorStore"
        )[0]
        settled = unit["UnitFileState"] == "enabled" and unit["NeedDaemonReload"] == "no"
        if unit["ActiveState"] != "active":
            return holder_state.STOPPED
        kept = int(unit["NFileDescriptorStore"] or 0)
        if not kept:
            return holder_state.of_resident(settled)
        held = holder_state.noted()
        return holder_state.State(1, held, settled and kept == len(held))

    def bring_up(self, running, renewed):
        """Let the holder follow its files, now and at each boot; renewed: not only its list has changed."""
        self._systemctl("daemon-reload")
        self._systemctl("enable", "--quiet", systemd_unit.NAME)
        if systemd_unit.keeps_sockets(self._version) or renewed or not running:
            self._systemctl("restart", systemd_unit.NAME)
        else:
            with holder_state.awaited_note():
                self._systemctl("reload", systemd_unit.NAME)

    def take_down(self):
        if os.path.exists(PATH):
            self._systemctl("disable", "--quiet", "--now", systemd_unit.NAME)
        elif self.state() != holder_state.STOPPED:
            self._systemctl("stop", systemd_unit.NAME)

    def forget(self):
        """Notice that the files are gone; a unit that failed would be remembered."""
        self._systemctl("daemon-reload")
        with contextlib.suppress(HostError):
            self._systemctl("reset-failed", systemd_unit.NAME)


def _user():
    """Return the user to run as; only one of the host's own file is sure to be known early at boot."""
    users = (atomic_file.read(USERS) or b"").splitlines()
    return USER if any(line.startswith(USER.encode() + b":") for line in users) else None
