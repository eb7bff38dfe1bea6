# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service managers that can run the holder: each is one file, and one row of the table.

A service manager is a class, created with ``run``, which starts programs. It has

``runs_here()``
    a static method: whether it manages this host
``files(command)``
    the files that it needs to start the command, ``{path: (content, mode)}``
``state()``
    the State of the holder (see :mod:`holder_state`)
``bring_up(running, renewed)``
    makes the holder follow its files, now and at each boot; ``running``: it runs now; ``renewed``: not only its list
    has changed
``take_down()``
    stops the holder and does not start it at boot any more
``forget()``
    follows when the files were removed
``daemons``
    the RPC daemons as its services (see :mod:`rpc_daemons`)
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


def service_managers():
    """Yield the service managers; the first one that runs here is used, and those after it are not compiled.

    systemd installs commands that are compatible with SysV init, and OpenRC may be started by the init program of SysV.
    """
    from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.systemd import Systemd

    yield Systemd
    from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.openrc import OpenRC

    yield OpenRC
    from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers.sysv import SysV

    yield SysV


def find(run):
    """Return the service manager of this host."""
    for kind in service_managers():
        if kind.runs_here():
            return kind(run)
    raise HostError(
        "This host has no supported service manager to start the holder (systemd, OpenRC, or SysV init with "
        "update-rc.d). For a container, hold the ports on the host that runs it."
    )
