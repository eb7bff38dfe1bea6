# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restarting an NFS daemon, and nothing that does not have to be restarted with it.

One class for each service manager: ``unit`` names what runs a daemon, or None where nothing does that may be restarted.
"""

import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands, systemctl

# lockd is in the kernel: it binds anew when the NFS server starts. A host that is only a client has no unit for that.
SYSTEMD_UNITS = {"statd": "rpc-statd.service", "lockd": "nfs-server.service", "mountd": "nfs-mountd.service"}

INIT_FOLDER = "/etc/init.d"
NFSD_THREADS = "/proc/fs/nfsd/threads"
INIT_SCRIPTS = {
    "statd": ("nfs-common", "nfslock", "rpc.statd"),
    "lockd": ("nfs-kernel-server", "nfs"),
    "mountd": ("nfs-kernel-server", "nfs"),
}


def manager(run, refresh):
    """Return the service manager of this host; ``refresh`` is a unit that must run before a daemon starts, or None."""
    return Systemd(run, refresh) if systemctl.is_booted() else InitScripts(run)


class Systemd:
    def __init__(self, run, refresh):
        self._run = run
        self._refresh = refresh

    def unit(self, daemon):
        unit = SYSTEMD_UNITS[daemon]
        code, _output, _errors = self._run(["systemctl", "is-active", "--quiet", unit])
        return unit if code == 0 else None

    def restart(self, unit):
        if self._refresh is not None:
            commands.do(self._run, "systemctl", "start", self._refresh)
        # nfs-server.service requires mountd's unit: without the flag systemd would restart the whole server with it.
        alone = ["--job-mode=ignore-dependencies"] if unit == SYSTEMD_UNITS["mountd"] else []
        commands.do(self._run, "systemctl", "restart", *alone, unit)


class InitScripts:
    def __init__(self, run):
        self._run = run

    def unit(self, daemon):
        if daemon == "lockd" and not _serves():
            return None
        for name in INIT_SCRIPTS[daemon]:
            script = os.path.join(INIT_FOLDER, name)
            if os.access(script, os.X_OK):
                return script
        return None

    def restart(self, script):
        commands.do(self._run, script, "restart")


def _serves():
    """Return whether the kernel's NFS server runs."""
    return (atomic_file.read(NFSD_THREADS) or b"").strip() not in (b"", b"0")
