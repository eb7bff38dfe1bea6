# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subsystems of NFS on AIX: which of them are restarted to move a daemon, and in which order.

lockd needs statd, so it is stopped before statd and started after it. Whatever fails, a subsystem that was stopped is
started again, and one that did not run is left alone.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.src import ACTIVE, INOPERATIVE

SUBSYSTEMS = {"mountd": "rpc.mountd", "lockd": "rpc.lockd"}
STATD = "rpc.statd"

# Subsystems that are down together, in the order in which they are started.
GROUPS = ((STATD, SUBSYSTEMS["lockd"]), (SUBSYSTEMS["mountd"],))


def to_restart(src, daemons, stopped):
    """Return the subsystems to restart, in the order of their start.

    :param daemons: running daemons that are not at their pin.
    :param stopped: subsystems that an earlier run stopped and could not start again.
    """
    names = {SUBSYSTEMS[daemon] for daemon in daemons}
    if SUBSYSTEMS["lockd"] in names and src.status(STATD) == ACTIVE:
        names.add(STATD)
    names.update(name for name in stopped if src.status(name) != ACTIVE)
    return [name for group in GROUPS for name in group if name in names]


def restart(src, names, remember):
    """Restart the subsystems; ``remember`` is called with those that have to be started again if this run ends now."""
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
    """Start all that are down, even if one of them fails; the complaint is the message of a failure before."""
    refused = ""
    for name in names:
        try:
            if src.status(name) == INOPERATIVE:
                src.start(name)
        except HostError as error:
            refused = refused or str(error)
    if refused:
        raise HostError(complaint + refused)
