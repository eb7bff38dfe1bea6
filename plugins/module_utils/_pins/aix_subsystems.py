# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subsystems of NFS on AIX: which are restarted to move a daemon, and in which order.

lockd needs statd, so it stops before it and starts after it. Whatever goes wrong, what was stopped is started again;
what was not running is left alone.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.src import ACTIVE, INOPERATIVE

SUBSYSTEMS = {"mountd": "rpc.mountd", "lockd": "rpc.lockd"}
STATD = "rpc.statd"

# Those that are down together, in the order of their start.
GROUPS = ((STATD, SUBSYSTEMS["lockd"]), (SUBSYSTEMS["mountd"],))


def to_restart(src, daemons, stopped):
    """Return the subsystems to restart: those of running daemons, with what they need, and what we left down before."""
    names = {SUBSYSTEMS[daemon] for daemon in daemons}
    if SUBSYSTEMS["lockd"] in names and src.status(STATD) == ACTIVE:
        names.add(STATD)
    names.update(name for name in stopped if src.status(name) != ACTIVE)
    return [name for group in GROUPS for name in group if name in names]


def restart(src, names, remember):
    """Restart the subsystems; those that ``remember`` was told last are down and have to be started."""
    remember(names)
    try:
        for group in GROUPS:
            _restart_group(src, [name for name in group if name in names])
    finally:
        remember([name for name in names if src.status(name) != ACTIVE])


def _restart_group(src, names):
    try:
        for name in reversed(names):
            src.stop(name)
    except HostError as error:
        _start(src, names, complaint=f"{error} ")
        raise
    _start(src, names)


def _start(src, names, complaint=""):
    """Start all that is down, even if one of them refuses; the complaint is about what went wrong before."""
    refused = ""
    for name in names:
        try:
            if src.status(name) == INOPERATIVE:
                src.start(name)
        except HostError as error:
            refused = refused or str(error)
    if refused:
        raise HostError(complaint + refused)
