# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expiry of windows as a participant: what it records and arms, and what it says of a run without windows.

The job that it arms, and what that closes, are tested in jobs/test_close_windows.py.
"""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.request import NO_FLOWS, Request
from ansible_collections.fleet.ports.plugins.module_utils._flows.window_expiry import (
    WindowExpiry,
    new_memory,
    remembered,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Window

OPEN, OVER = Window(1000, 1100, ["198.51.100.1"]), Window(900, 1000, ["198.51.100.2"])


class Schedule:
    """A job that is armed for the moments in ``armed``, one after the other."""

    def __init__(self):
        self.armed = []

    def arm_for(self, moment):
        self.armed.append(moment)

    def fault(self, windows):
        return "" if windows and self.armed else "(none)" if windows else ""


@pytest.fixture(name="expiry")
def fixture_expiry():
    expiry = WindowExpiry(Host())
    expiry.schedule = Schedule()
    return expiry


def test_a_window_that_opens_is_recorded_and_its_job_is_armed(expiry):
    change = expiry.change({"c": OPEN, "d": OVER}, NO_FLOWS, {}, 1000)
    assert change.needed and change.report.opens
    assert remembered(change.report.memory) == {"c": OPEN, "d": OVER}
    assert change.report.memory["request"] == NO_FLOWS.recorded()
    change.apply()
    assert expiry.schedule.armed == [1100]


def test_windows_that_are_all_over_are_remembered_without_the_request(expiry):
    change = expiry.change({"d": OVER}, NO_FLOWS, {}, 1000)
    assert not change.report.opens and change.report.memory["request"] is None
    assert not change.needed


def test_without_windows_nothing_is_remembered(expiry):
    change = expiry.change({}, NO_FLOWS, new_memory({"c": OPEN}, NO_FLOWS), 1000)
    assert change.needed and change.report.memory is None
    change.apply()
    assert expiry.schedule.armed == [None]


def test_a_lost_job_is_a_difference(expiry):
    memory = new_memory({"c": OPEN}, NO_FLOWS)
    assert expiry.change({"c": OPEN}, NO_FLOWS, memory, 1000).needed
    expiry.schedule.armed = [1100]
    assert not expiry.change({"c": OPEN}, NO_FLOWS, memory, 1000).needed


def test_the_former_state_is_the_next_end(expiry):
    later = OPEN._replace(until=1200)
    change = expiry.change({}, NO_FLOWS, new_memory({"c": later, "d": OPEN}, NO_FLOWS), 1000)
    assert change.former_state() == {"files": [], "live": 1100}
    expiry.restore(1100, [])
    assert expiry.schedule.armed == [1100]


def test_a_run_without_any_window_setting_is_warned_about(expiry):
    flow = {
        "id": "f", "direction": "in", "protocol": "tcp", "initiates": True,
        "source": {"role": "c", "ports": ["1-65535"]}, "destination": {"role": "m", "ports": ["111"]},
    }  # fmt: skip
    request = Request([flow], {"c": ["192.0.2.1"]}, [], None, "auto", None, 2000)
    memory = new_memory({"c": OPEN}, NO_FLOWS)
    [warning] = expiry.change({}, request, memory, 1000).report.warnings
    assert warning.startswith("The windows of c are over, because nim_firewall_window is not set for this run")
    windowed = Request([dict(flow, window="source")], {"c": ["192.0.2.1"]}, [], None, "auto", None, 2000)
    for asked, then in ((windowed, memory), (NO_FLOWS, memory), (request, {})):
        assert expiry.change({}, asked, then, 1000).report.warnings == []
