# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPC daemons that take a reserved port by chance: they may be stopped for a moment, and find another port.

They ask the C library for any port that is free (``bindresvport``), so each start may give them another one. Whatever
happens while one is stopped, it is started again; so is what the service manager stopped along with it. Should this
process be killed meanwhile, the next run knows from the record what is to be started.
"""

import contextlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
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

# What stops along with a unit.
DEPENDENTS = ("RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf")


class Units:
    """The daemons of a host with systemd."""

    def __init__(self, run):
        self._systemctl = Systemctl(run)

    def service(self, owner):
        """Return the service to restart; None for an owner that is no known daemon, or one that was started by hand."""
        known = owner.program in PROGRAMS and owner.unit and not owner.unit.startswith("user@")
        return owner.unit if known and owner.unit.endswith(".service") else None

    def clarified(self, owner):
        """Return the owner with the socket unit that systemd itself (PID 1) listens for."""
        if owner.pid != 1:
            return owner
        for line in self._systemctl("list-sockets", "--all", "--no-legend", "--no-pager").splitlines():
            words = line.split()
            if len(words) > 1 and words[0].endswith(f":{owner.port}"):
                return owner._replace(unit=words[1])
        return owner

    def with_dependents(self, units):
        """Return the units and all active ones that stop along with them."""
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
def stopped(daemons, services, down, remember):
    """Keep the services stopped for as long as the block takes.

    ``down`` are those that a killed run has left stopped; ``remember`` is told which have to be started, should this
    one be killed.
    """
    if not services and not down:
        yield
        return
    again = sorted(set(daemons.with_dependents(services) if services else []).union(down))
    remember(again)
    try:
        if services:
            daemons.stop(services)
        yield
    finally:
        daemons.start(again)
        remember([])
