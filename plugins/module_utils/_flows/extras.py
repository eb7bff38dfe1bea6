# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who besides the packet filters has a part in a host's flows: who keeps the windows, and who keeps house.

Each is imported only where something is asked of him, or was: modules come without byte code, so that to import is to
compile, and most hosts have neither.
"""

import platform

from ansible_collections.fleet.ports.plugins.module_utils._jobs import job as _host_job
from ansible_collections.fleet.ports.plugins.module_utils._host import commands as _host_programs
from ansible_collections.fleet.ports.plugins.module_utils._flows import owners as _owners
from ansible_collections.fleet.ports.plugins.module_utils._windows import windows as _windows


def keeping(options, request, memories, now):
    """Return the windows, and ``[(owner, change)]`` of who keeps them, empty where there is and was no window."""
    memory, asked = memories.get(_owners.WINDOWS, {}), _asked(options)
    if not (memory or asked or _host_job.is_left(_windows.JOB)):
        return {}, []
    from ansible_collections.fleet.ports.plugins.module_utils._windows import closer as _window_keeper

    windows = _windows.settled(_window_keeper.remembered(memory), asked, now)
    keeper = _window_keeper.Keeper(_host_programs.run, _host_programs.find)
    return windows, [(keeper.name, keeper.change(windows, request, memory, now))]


def _asked(options):
    """Return what the options say of windows, None if there are to be none."""
    window = options["window"]
    if options["state"] == "absent" or window is None:
        return None
    return _windows.Asked(window["clients"], window["seconds"], options["window_renew"], options["window_close"])


def tidying(options, memories):
    """Return ``[(owner, change)]`` of who keeps house, empty where that is and was not asked for."""
    memory = memories.get(_owners.HOUSEKEEPING, {})
    is_asked = options["state"] == "present" and (options["tftpaccess"] or options["retired"] is not None)
    if not (memory or is_asked):
        return []
    from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import change as _housekeeping

    housekeeping = _housekeeping.Housekeeping(_host_programs.run, platform.system() == "AIX")
    chores = _housekeeping.NOTHING
    if is_asked:
        masters = options["retired"]["masters"] if options["retired"] is not None else None
        chores = _housekeeping.Wanted(options["tftpaccess"], masters)
    return [(housekeeping.name, housekeeping.change(chores, memory))]
