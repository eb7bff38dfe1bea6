# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job that closes windows at their end.

It does what a run of the module would do at that moment, with the flows that the last run was given.
"""

import math
import syslog
import time

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._flows import participants, request, window_expiry
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import WINDOWS
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.plugins.module_utils._windows import schedule, window_list

RETRY = 15  # seconds after which closing a window is tried again


def main():
    """Close what is over by now or in a moment, or try again soon."""
    host = Host()
    expiry = window_expiry.WindowExpiry(host)
    lock = host_lock.Lock(host_lock.this_process("the end of a window"))
    while True:
        try:
            with lock.held(host_lock.TIMEOUT):
                still_open = _close_or_try_again(host, expiry.schedule)
        except HostError as error:
            _log(syslog.LOG_WARNING, f"a window that is over is not closed yet: {error}")
            if not isinstance(error, host_lock.Busy):
                raise SystemExit(1)
        else:
            _log(syslog.LOG_INFO, f"windows that are over are closed; still open: {len(still_open)}")
            left = window_list.next_end(still_open) - time.time() if still_open else math.inf
            if left > schedule.AHEAD:
                return
            time.sleep(max(left, 0))  # the job was armed for then, but is not started while it runs


def _close_or_try_again(host, scheduled):
    """Close what is over; if that fails, or this process is killed meanwhile, another one tries again soon."""
    _try_again(scheduled)
    try:
        return _close(host, scheduled)
    except HostError:
        _try_again(scheduled)  # the failure may have taken longer than that
        raise


def _try_again(scheduled):
    try:
        scheduled.arm_for(time.time() + RETRY)
    except HostError as error:
        _log(syslog.LOG_WARNING, f"the next boot or run has to close windows, should that fail now: {error}")


def _close(host, scheduled):
    """Close what is over; return the windows that are still open."""
    if pending_change.load() is not None:
        raise HostError("the last change of the packet filter is not confirmed yet, and may be undone.")
    record = records.Record("flows")
    memories = record.load() or {}
    memory = memories.get(WINDOWS, {})
    still_open = {}
    if memory.get("request"):
        wanted, windows = request.from_record(memory["request"]), window_expiry.remembered(memory)
        still_open = window_list.open_ones(windows, time.time())
        backends = request.packet_filters(host, wanted)
        for name, change in request.compute_changes(wanted, still_open, memories, backends):
            participants.write(name, change, record)
        kept = window_expiry.new_memory(windows, wanted if still_open else None)
        record.save(dict(record.load() or {}, **{WINDOWS: kept}))
    scheduled.arm_for(window_list.next_end(still_open))
    return still_open


def _log(priority, text):
    syslog.openlog("fleet.ports")
    syslog.syslog(priority, text)
