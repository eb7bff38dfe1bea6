# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who keeps the windows of a host: the record says which there are, and a job of the host's closes each at its end.

The job does what a run of the module would do at that moment, with the flows that the last run was given. Windows are
recorded and their end is seen to before anything is opened, and after everything is closed.
"""

import math
import syslog
import time
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._flows import owners, request as _firewall_settling
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, File
from ansible_collections.fleet.ports.plugins.module_utils._host import commands, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._jobs.host_job import HostJob
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Window

ABOUT = "Close the windows of fleet.ports at their end"
RETRY = 15  # seconds after which a window is tried to be closed again
AHEAD = 2  # seconds that a moment is ahead at least, if the job is to begin at it

# memory: what the record has to keep, None if there is no window; opens: whether any is open
Report = namedtuple("Report", "memory opens warnings")


class Keeper:
    """The keeper, an owner under the record of flows like a packet filter."""

    name = owners.WINDOWS

    def __init__(self, run, find):
        self.job = HostJob(window_list.JOB, "_windows.closer", ABOUT, run, find)

    def change(self, windows, request, memory, now):
        """Return the change to these windows; ``memory`` is what an earlier run wanted kept."""
        before, after = (window_list.open_ones(each, now) for each in (remembered(memory), windows))
        remark = self._remark(before)
        return Change(
            Report(
                memory=_memory(windows, request if after else None),
                opens=bool(after),
                warnings=list(_warnings(before, after, request)),
            ),
            files=[],
            running=File("windows", _text(before, remark), _text(after, "")),
            load=lambda: self.see_to(after),
            live=_next_end(before),
        )

    def _remark(self, windows):
        """Return what is wrong about the job of these open windows."""
        if windows:
            return "" if self.job.is_armed() else "(nothing would close them)"
        return "(what closed them is still there)" if self.job.is_left() else ""

    def see_to(self, windows):
        """Let the job close the first of these open windows that ends; the job sees to the next."""
        self.restore(_next_end(windows))

    def restore(self, live, _paths=()):
        """Let the job begin at a moment, or not at all."""
        if live is None:
            self.job.disarm()
        else:
            self.job.arm_at(max(live, time.time() + AHEAD))


def _warnings(before, after, request):
    """Say what a run does that has forgotten of windows: it opens for ever what they had opened."""
    if before and not after and request.flows and not any(flow.get("window") for flow in request.flows):
        yield (
            f"The windows of {', '.join(sorted(before))} are over, because nim_firewall_window is not set for this run:"
            " what they had opened is open to all clients now, without end."
        )


def remembered(memory):
    """Return the windows that an earlier run wanted kept."""
    return {name: Window(**window) for name, window in memory.get("clients", {}).items()}


def _memory(windows, request):
    if not windows:
        return None
    clients = {name: dict(window._asdict()) for name, window in windows.items()}
    return {"clients": clients, "request": request and request.plain()}


def _next_end(windows):
    return min((window.until for window in windows.values()), default=None)


def _text(windows, remark):
    lines = ["{client}: {opened} to {until}".format(**each) for each in window_list.listed(windows, 0)]
    return "".join(f"{line}\n" for line in filter(None, lines + [remark])).encode()


def main():
    """Close what is over by now or in a moment, or try again soon."""
    keeper = Keeper(commands.run, commands.find)
    lock = host_lock.Lock(host_lock.holder("the end of a window"))
    while True:
        try:
            with lock.held(host_lock.PATIENCE):
                still_open = _close_or_try_again(keeper)
        except HostError as error:
            _log(syslog.LOG_WARNING, f"a window that is over is not closed yet: {error}")
            if not isinstance(error, host_lock.Busy):
                raise SystemExit(1)
        else:
            _log(syslog.LOG_INFO, f"windows that are over are closed; still open: {len(still_open)}")
            left = _next_end(still_open) - time.time() if still_open else math.inf
            if left > AHEAD:
                return
            time.sleep(max(left, 0))  # it was armed for then, but is not started while it runs


def _close_or_try_again(keeper):
    """Close what is over; if that fails, or this process is ended meanwhile, another tries again soon."""
    _try_again(keeper)
    try:
        return _close(keeper)
    except HostError:
        _try_again(keeper)  # to fail may have taken longer than that
        raise


def _try_again(keeper):
    try:
        keeper.job.arm_at(time.time() + RETRY)
    except HostError as error:
        _log(syslog.LOG_WARNING, f"the next boot or run has to close windows, should that fail now: {error}")


def _close(keeper):
    """Close what is over; return the windows that are still open."""
    if pending_change.load() is not None:
        raise HostError("the last change of the packet filter is not confirmed yet, and may be undone.")
    record = records.Record("flows")
    memories = record.load() or {}
    memory = memories.get(keeper.name, {})
    still_open = {}
    if memory.get("request"):
        request, windows = _firewall_settling.Request(**memory["request"]), remembered(memory)
        now = time.time()
        still_open = window_list.open_ones(windows, now)
        backends = _firewall_settling.packet_filters(request)
        for owner, change in _firewall_settling.settle(request, still_open, memories, backends):
            owners.write(owner, change, record)
        kept = _memory(windows, request if still_open else None)
        record.save(dict(record.load() or {}, **{keeper.name: kept}))
    keeper.see_to(still_open)
    return still_open


def _log(priority, text):
    syslog.openlog("fleet.ports")
    syslog.syslog(priority, text)
