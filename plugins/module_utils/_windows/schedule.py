# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schedule of a host's windows: a job of the host closes each window at its end, without Ansible."""

import time

from ansible_collections.fleet.ports.plugins.module_utils._jobs.host_job import HostJob
from ansible_collections.fleet.ports.plugins.module_utils._windows import window_list

ABOUT = "Close the windows of fleet.ports at their end"
AHEAD = 2  # seconds; the job is never armed for a moment that is nearer


class Schedule:
    """The job that runs ``main()`` of a program, the dotted name of a module below ``module_utils``."""

    def __init__(self, program, host):
        self.job = HostJob(window_list.JOB, program, ABOUT, host.run, host.find)

    def fault(self, windows):
        """Return what is wrong with the job for these open windows, as text, empty if nothing is."""
        if windows:
            return "" if self.job.is_armed() else "(no job would close these windows)"
        return "(the job that closed the windows was left behind)" if self.job.is_left() else ""

    def arm_for(self, moment):
        """Arm the job for a moment (seconds since the epoch), or disarm it (None)."""
        if moment is None:
            self.job.disarm()
        else:
            self.job.arm_at(max(moment, time.time() + AHEAD))
