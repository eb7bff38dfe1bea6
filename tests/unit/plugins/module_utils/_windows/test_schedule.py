# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job for the end of windows: when it is armed, and what is wrong with it."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.plugins.module_utils._windows import schedule
from ansible_collections.fleet.ports.plugins.module_utils._windows.schedule import AHEAD, Schedule


class Job:
    """A job of the host, and when it begins."""

    moment = None
    left = armed = False

    def arm_at(self, moment):
        self.moment, self.armed, self.left = moment, True, True

    def disarm(self):
        self.moment, self.armed, self.left = None, False, False

    def is_armed(self):
        return self.armed

    def is_left(self):
        return self.left


@pytest.fixture(name="scheduled")
def fixture_scheduled(monkeypatch):
    monkeypatch.setattr(schedule.time, "time", lambda: 1000)
    scheduled = Schedule("_flows.jobs.close_windows", Host())
    scheduled.job = Job()
    return scheduled


@pytest.mark.parametrize("moment, begins", [(1100, 1100), (1000 + AHEAD, 1000 + AHEAD), (1001, 1002), (5, 1002)])
def test_the_job_is_never_armed_for_a_moment_that_is_too_near(scheduled, moment, begins):
    scheduled.arm_for(moment)
    assert scheduled.job.moment == begins


def test_without_a_moment_the_job_is_disarmed(scheduled):
    scheduled.arm_for(1100)
    scheduled.arm_for(None)
    assert not scheduled.job.armed


def test_open_windows_need_an_armed_job(scheduled):
    assert scheduled.fault({"c": "window"}) == "(no job would close these windows)"
    scheduled.arm_for(1100)
    assert scheduled.fault({"c": "window"}) == ""


def test_without_windows_there_must_be_no_job(scheduled):
    assert scheduled.fault({}) == ""
    scheduled.arm_for(1100)
    assert scheduled.fault({}) == "(the job that closed the windows was left behind)"
