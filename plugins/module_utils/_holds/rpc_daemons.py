# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPC daemons that bind a reserved port by chance, and that bind another one when they are restarted.

They ask the C library for any free port (``bindresvport``), so each start may give them another one. A daemon that was
stopped is started again whatever happens in the meantime, and so are the services that the service manager stopped with
it. If this process is killed, the next run finds in the record what has to be started.
"""

import contextlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.systemctl import Systemctl

INIT_FOLDER = "/etc/init.d"

# Program: the names of its init script on the systems that have one.
PROGRAMS = {
    "rpc.bootparamd": ("bootparamd",),
    "rpc.mountd": ("nfs-kernel-server", "nfs"),
    "rpc.rquotad": ("quotarpc", "rpc.rquotad"),
    "rpc.rstatd": ("rstatd",),
    "rpc.rusersd": ("rusersd",),
    "rpc.statd": ("nfs-common", "rpc.statd"),
    "rpc.yppasswdd": ("nis", "yppasswdd"),
    "rpc.ypxfrd": ("nis", "ypxfrd"),
    "rpcbind": ("rpcbind",),
    "sm-notify": ("nfs-common", "rpc.statd"),
    "ypbind": ("nis", "ypbind"),
    "ypserv": ("nis", "ypserv"),
}

# The properties that name the units that systemd stops together with a unit.
DEPENDENTS = ("RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf")


class Units:
    """The daemons of a host with systemd."""

    def __init__(self, run):
        self._systemctl = Systemctl(run)

    def service(self, owner):
        """Return the service to restart, or None if the owner is not a known daemon or was started by hand."""
        known = owner.program in PROGRAMS and owner.unit and not owner.unit.startswith("user@")
        return owner.unit if known and owner.unit.endswith(".service") else None

    def clarified(self, owner):
        """Return the owner; if it is systemd itself (PID 1), with the socket unit for which it listens."""
        if owner.pid != 1:
            return owner
        for line in self._systemctl("list-sockets", "--all", "--no-legend", "--no-pager").splitlines():
            words = line.split()
            if len(words) > 1 and words[0].endswith(f":{owner.port}"):
                return owner._replace(unit=words[1])
        return owner

    def with_dependents(self, units):
        """Return the units and all active units that systemd stops together with them."""
        found, pending = set(), set(units)
        while pending:
            found |= pending
            shown = self._systemctl.show(sorted(pending), *DEPENDENTS)
            pending = {name for unit in shown for names in unit.values() for name in names.split()} - found
        states = self._systemctl.show(sorted(found), "Id", "ActiveState")
        return sorted({unit["Id"] for unit in states if unit["ActiveState"] in ("active", "reloading")} | set(units))

    def stop(self, units):
        self._systemctl("stop", *units)

    def start(self, units):
        self._systemctl("start", *units)


class InitScripts:
    """The daemons of a host with SysV init or OpenRC."""

    def __init__(self, run):
        self._run = run

    def service(self, owner):
        """Return the init script to restart, or None if the owner is not a known daemon."""
        scripts = (os.path.join(INIT_FOLDER, name) for name in PROGRAMS.get(owner.program, ()))
        return next((script for script in scripts if os.access(script, os.X_OK)), None)

    def clarified(self, owner):
        return owner

    def with_dependents(self, scripts):
        return sorted(scripts)

    def stop(self, scripts):
        for script in scripts:
            commands.do(self._run, script, "stop")

    def start(self, scripts):
        for script in scripts:
            commands.do(self._run, script, "start")


@contextlib.contextmanager
def stopped(daemons, services, left_stopped, remember):
    """Keep the services stopped during the body.

    :param left_stopped: the services that a run that was killed has left stopped; they are started afterwards as well.
    :param remember: called with the services that have to be started again, and with none once that is done.
    """
    if not services and not left_stopped:
        yield
        return
    again = sorted(set(daemons.with_dependents(services) if services else []).union(left_stopped))
    remember(again)
    failed = None
    try:
        if services:
            daemons.stop(services)
        yield
    except HostError as error:
        failed = error
        raise
    finally:
        _start(daemons, again, failed)
        remember([])


def _start(daemons, services, failed):
    """Start the services; if that fails, the message begins with what failed before."""
    try:
        daemons.start(services)
    except HostError as error:
        raise HostError(f"{failed} Starting the stopped services failed as well: {error}") if failed else error
