# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who besides the packet filters has a part in a host's flows: who keeps the windows, and who keeps house.

Each is imported only where something is asked of him, or was: modules come without byte code, so that to import is to
compile, and most hosts have neither.
"""

import platform

from ansible_collections.fleet.ports.plugins.module_utils._flows import owners
from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._jobs import host_job
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list


def keeping(options, request, memories, now):
    """Return the windows, and ``[(owner, change)]`` of who keeps them, empty where there is and was no window."""
    memory, asked = memories.get(owners.WINDOWS, {}), _asked(options)
    if not (memory or asked or host_job.is_left(window_list.JOB)):
        return {}, []
    from ansible_collections.fleet.ports.plugins.module_utils._windows import closer

    windows = window_list.settled(closer.remembered(memory), asked, now)
    keeper = closer.Keeper(commands.run, commands.find)
    return windows, [(keeper.name, keeper.change(windows, request, memory, now))]


def _asked(options):
    """Return what the options say of windows, None if there are to be none."""
    window = options["window"]
    if options["state"] == "absent" or window is None:
        return None
    return window_list.Asked(window["clients"], window["seconds"], options["window_renew"], options["window_close"])


def tidying(options, memories):
    """Return ``[(owner, change)]`` of who keeps house, empty where that is and was not asked for."""
    memory = memories.get(owners.HOUSEKEEPING, {})
    is_asked = options["state"] == "present" and (options["tftpaccess"] or options["retired"] is not None)
    if not (memory or is_asked):
        return []
    from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import change

    housekeeping = change.Housekeeping(commands.run, platform.system() == "AIX")
    chores = change.NOTHING
    if is_asked:
        masters = options["retired"]["masters"] if options["retired"] is not None else None
        chores = change.Wanted(options["tftpaccess"], masters)
    return [(housekeeping.name, housekeeping.change(chores, memory))]
