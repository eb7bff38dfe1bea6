# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service managers that can run the holder.

Each has a file of its own and the same verbs: ``files`` says what it needs on disk, ``state`` what it runs,
``bring_up`` and ``take_down`` change that, ``forget`` follows when the files are gone. Its ``daemons`` are the services
of other programs.
"""

from ansible_collections.fleet.ports.plugins.module_utils._holds.managers.openrc import OpenRC
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers.systemd import Systemd
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers.sysv import SysV
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

KINDS = (Systemd, OpenRC, SysV)


def find(run):
    """Return the one that runs this host."""
    for kind in KINDS:
        if kind.runs_here():
            return kind(run)
    raise HostError(
        "This host is run neither by systemd nor by OpenRC nor by SysV init with update-rc.d, one of which must start "
        "the holder; a container's ports are held on the host that it runs on."
    )
