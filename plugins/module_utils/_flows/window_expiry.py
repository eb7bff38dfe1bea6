# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The expiry of windows as a participant in a host's flows.

Windows are recorded and their job is armed before anything is opened, and disarmed after everything is closed.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import WINDOWS, Change, Running
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list
from ansible_collections.fleet.ports.plugins.module_utils._windows.schedule import Schedule

PROGRAM = "_flows.jobs.close_windows"

# memory: what the record has to keep, None if there is no window; opens: whether any window is open; warnings: text
Report = collections.namedtuple("Report", "memory opens warnings")


class WindowExpiry:
    """The windows in the record, and the job that closes them."""

    name = WINDOWS

    def __init__(self, host):
        self.schedule = Schedule(PROGRAM, host)

    def change(self, windows, request, memory, now):
        """Return the change to these windows.

        The ``request`` is recorded, so that the job can compute what is open after a window's end. ``memory`` is that of
        an earlier run, ``now`` in seconds since the epoch.
        """
        before, after = (window_list.open_ones(each, now) for each in (remembered(memory), windows))
        return Change(
            Report(
                memory=new_memory(windows, request if after else None),
                opens=bool(after),
                warnings=list(_warnings(before, after, request)),
            ),
            files=[],
            running=Running("windows", _text(before, self.schedule.fault(before)), _text(after, "")),
            load=lambda: self.schedule.arm_for(window_list.next_end(after)),
            live=window_list.next_end(before),
        )

    def restore(self, live, _paths):
        """Arm the job for the moment that it was armed for, or disarm it."""
        self.schedule.arm_for(live)


def _warnings(before, after, request):
    """Yield what a run without any setting for windows does: what was open through windows is now open without end."""
    if before and not after and request.flows and not any(flow.get("window") for flow in request.flows):
        yield (
            f"The windows of {', '.join(sorted(before))} are over, because nim_firewall_window is not set for this run:"
            " the flows that they opened are now permanently open to all clients."
        )


def remembered(memory):
    """Return the windows in the memory of an earlier run."""
    return {name: window_list.Window(**window) for name, window in memory.get("clients", {}).items()}


def new_memory(windows, request):
    """Return the memory of these windows; ``request`` is None if none of them is open."""
    if not windows:
        return None
    clients = {name: dict(window._asdict()) for name, window in windows.items()}
    return {"clients": clients, "request": request and request.recorded()}


def _text(windows, fault):
    lines = ["{client}: {opened} to {until}".format(**each) for each in window_list.listed(windows, 0)]
    return "".join(f"{line}\n" for line in filter(None, lines + [fault])).encode()
