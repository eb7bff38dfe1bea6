# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of NFS daemons on Linux, restarted without those that need no restart.

A class for each service manager: ``unit`` names the service that runs a daemon, or is None if no service that can be
restarted does; ``restart`` restarts it.
"""

import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands, systemctl

# lockd is in the kernel and binds its ports anew when the NFS server starts. An NFS client has no unit for that.
SYSTEMD_UNITS = {"statd": "rpc-statd.service", "lockd": "nfs-server.service", "mountd": "nfs-mountd.service"}

INIT_FOLDER = "/etc/init.d"
NFSD_THREADS = "/proc/fs/nfsd/threads"
INIT_SCRIPTS = {
    "statd": ("nfs-common", "nfslock", "rpc.statd"),
    "lockd": ("nfs-kernel-server", "nfs"),
    "mountd": ("nfs-kernel-server", "nfs"),
}


def manager(run, refresh):
    """Return the service manager of this host.

    :param run: runs a command, as :func:`commands.run` does.
    :param refresh: the unit that must run before a daemon is restarted, or None.
    """
    return Systemd(run, refresh) if systemctl.is_booted() else InitScripts(run)


class Systemd:
    def __init__(self, run, refresh):
        self._systemctl = systemctl.Systemctl(run)
        self._refresh = refresh

    def unit(self, daemon):
        unit = SYSTEMD_UNITS[daemon]
        (shown,) = self._systemctl.show([unit], "ActiveState")
        return unit if shown["ActiveState"] in ("active", "reloading") else None

    def restart(self, unit):
        if self._refresh is not None:
            self._systemctl("start", self._refresh)
        # nfs-server.service requires the unit of mountd: without this flag systemd would restart the server as well.
        alone = ["--job-mode=ignore-dependencies"] if unit == SYSTEMD_UNITS["mountd"] else []
        self._systemctl("restart", *alone, unit)


class InitScripts:
    def __init__(self, run):
        self._run = run

    def unit(self, daemon):
        if daemon == "lockd" and not _nfs_server_runs():
            return None
        for name in INIT_SCRIPTS[daemon]:
            script = os.path.join(INIT_FOLDER, name)
            if os.access(script, os.X_OK):
                return script
        return None

    def restart(self, script):
        commands.do(self._run, script, "restart")


def _nfs_server_runs():
    """Return whether the NFS server of the kernel has threads."""
    return (atomic_file.read(NFSD_THREADS) or b"").strip() not in (b"", b"0")
