# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under systemd: a unit that starts before all RPC services, with hardly any rights.

From version 246 on, systemd keeps the sockets itself (``FDPOLL=0`` came with it), and the holder ends once it has bound
them. If the holder is killed while it binds, it is started again, and systemd keeps all sockets in the meantime. Before
version 246 the holder stays resident.
"""

import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.rpc_daemons import Units
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, systemctl

NAME = "fleet-ports-holder.service"
PATH = "/etc/systemd/system/" + NAME
FIRST_VERSION_THAT_KEEPS_SOCKETS = 246
FIRST_VERSION_WITH_AMBIENT_CAPABILITIES = 229

# The holder needs one capability only, so it need not be root where the host has an ordinary system user.
USER = "daemon"
USERS = "/etc/passwd"

_HEAD = """\
# Written by fleet.ports, role port_blocker.
[Unit]
Description=Hold ports so that no other program can take them
DefaultDependencies=no
IgnoreOnIsolate=yes
Wants=network-pre.target
Before=sysinit.target network-pre.target
Before=rpcbind.socket rpcbind.service rpc-statd.service rpc-statd-notify.service nfs-mountd.service
Before=ypbind.service ypserv.service yppasswdd.service nis.service

[Service]
"""

_KEPT_BY_SYSTEMD = """\
Type=oneshot
RemainAfterExit=yes
NotifyAccess=main
FileDescriptorStoreMax=1024
ExecStart={command}
Restart=on-abort
"""

_RESIDENT = """\
Type=forking
PIDFile={pid_file}
ExecStart={command} --resident
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
"""

_BOTH = """\
TimeoutStartSec=15
RuntimeDirectory=fleet-ports-holder
SyslogIdentifier=portblocker
"""

_USER = """\
User={user}
AmbientCapabilities=CAP_NET_BIND_SERVICE
"""

# Each with the version of systemd that introduced it; an older one would log a warning about it at every boot.
_HARDENING = (
    (0, "CapabilityBoundingSet=CAP_NET_BIND_SERVICE"),
    (0, "DevicePolicy=closed"),
    (0, "NoNewPrivileges=yes"),
    (0, "PrivateDevices=yes"),
    (0, "ProtectHome=yes"),
    (0, "SystemCallArchitectures=native"),
    (0, "UMask=0077"),
    (211, "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"),
    (231, "MemoryDenyWriteExecute=yes"),
    (231, "RestrictRealtime=yes"),
    (232, "ProtectControlGroups=yes"),
    (232, "ProtectKernelModules=yes"),
    (232, "ProtectKernelTunables=yes"),
    (232, "ProtectSystem=strict"),
    (232, "RemoveIPC=yes"),
    (233, "RestrictNamespaces=yes"),
    (235, "IPAddressDeny=any"),
    (235, "KeyringMode=private"),
    (235, "LockPersonality=yes"),
    (239, "SystemCallFilter=@system-service"),
    (239, "SystemCallFilter=~@privileged @resources"),
    # A system call that a later C library makes must not end the holder.
    (239, "SystemCallErrorNumber=EPERM"),
    (242, "ProtectHostname=yes"),
    (242, "RestrictSUIDSGID=yes"),
    (244, "ProtectKernelLogs=yes"),
    (245, "ProtectClock=yes"),
    (247, "ProcSubset=pid"),
    (247, "ProtectProc=invisible"),
)

_TAIL = """
[Install]
WantedBy=sysinit.target
"""


class Systemd:
    def __init__(self, run):
        self.daemons = Units(run)
        self._systemctl = systemctl.Systemctl(run)
        self._version = self._systemctl.version()

    @staticmethod
    def runs_here():
        return systemctl.is_booted()

    def files(self, command):
        return {PATH: (unit(command, self._version, _user()).encode(), 0o644)}

    def state(self):
        shown = self._show("ActiveState", "UnitFileState", "NeedDaemonReload", "NFileDescriptorStore")
        settled = shown["UnitFileState"] == "enabled" and shown["NeedDaemonReload"] == "no"
        if shown["ActiveState"] != "active":
            return holder_state.STOPPED
        kept = int(shown["NFileDescriptorStore"] or 0)
        if not kept:
            return holder_state.of_resident(settled)
        held = holder_state.noted()
        return holder_state.State(1, held, settled and kept == len(held))

    def bring_up(self, running, renewed):
        self._systemctl("daemon-reload")
        self._systemctl("enable", "--quiet", NAME)
        if _keeps_sockets(self._version) or renewed or not running:
            self._systemctl("restart", NAME)
        else:
            with holder_state.awaited_note():
                self._systemctl("reload", NAME)

    def take_down(self):
        if self._show("ActiveState")["ActiveState"] not in ("inactive", "failed"):
            self._systemctl("stop", NAME)
        if os.path.exists(PATH):
            self._systemctl("disable", "--quiet", NAME)

    def forget(self):
        """Make systemd notice that the unit was removed; it remembers one that failed."""
        self._systemctl("daemon-reload")
        if self._show("ActiveState")["ActiveState"] == "failed":
            self._systemctl("reset-failed", NAME)

    def _show(self, *properties):
        return self._systemctl.show([NAME], *properties)[0]


def unit(command, version, user):
    """Return the text of the unit.

    :param command: starts the holder.
    :param version: the version of systemd, as a number.
    :param user: the user that the holder runs as; None for root.
    """
    kind = _KEPT_BY_SYSTEMD if _keeps_sockets(version) else _RESIDENT
    hardening = "".join(line + "\n" for since, line in _HARDENING if version >= since)
    rights = _USER.format(user=user) if user and version >= FIRST_VERSION_WITH_AMBIENT_CAPABILITIES else ""
    return _HEAD + kind.format(command=command, pid_file=holder.PID) + _BOTH + rights + hardening + _TAIL


def _keeps_sockets(version):
    return version >= FIRST_VERSION_THAT_KEEPS_SOCKETS


def _user():
    """Return the user to run as, or None; only users of the local file are certain to be known early at boot."""
    users = (atomic_file.read(USERS) or b"").splitlines()
    return USER if any(line.startswith(USER.encode() + b":") for line in users) else None
