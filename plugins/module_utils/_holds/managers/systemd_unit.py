# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of the holder's systemd unit: first at boot, allowed next to nothing, and gone once it has bound.

From version 246 on systemd keeps the sockets itself (``FDPOLL=0`` came with it); before, the holder stays. Should the
holder be killed while it binds, it is started again, and systemd lets go of nothing meanwhile.
"""

NAME = "fleet-ports-holder.service"
FIRST_VERSION_THAT_KEEPS_SOCKETS = 246
FIRST_VERSION_WITH_AMBIENT_CAPABILITIES = 229

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

# With the version of systemd that introduced each: an older one would complain about it at every boot.
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
    # A call that a later C library makes in passing must not end the holder.
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


def keeps_sockets(version):
    """Tell whether this systemd can hold the ports without a process of ours."""
    return version >= FIRST_VERSION_THAT_KEEPS_SOCKETS


def text(command, version, pid_file, user):
    """Return the unit for a version of systemd; the command starts the holder, as root where there is no user."""
    kind = _KEPT_BY_SYSTEMD if keeps_sockets(version) else _RESIDENT
    hardening = "".join(line + "\n" for since, line in _HARDENING if version >= since)
    rights = _USER.format(user=user) if user and version >= FIRST_VERSION_WITH_AMBIENT_CAPABILITIES else ""
    return _HEAD + kind.format(command=command, pid_file=pid_file) + _BOTH + rights + hardening + _TAIL
