# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts the forks that a run makes: one for each task and host that the task runs on."""

from __future__ import annotations

import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: fork_count
type: aggregate
short_description: Counts the forks of a run
description:
  - Writes the number of tasks that were started on hosts, summed over the hosts, to the file that E(BENCH_FORK_COUNT)
    names.
"""


class CallbackModule(CallbackBase):
    """A counter of forks."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "fork_count"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display=None):
        super().__init__(display)
        self._count = 0

    def v2_runner_on_start(self, host, task):
        """One host is about to get a fork for the task."""
        self._count += 1

    def v2_playbook_on_stats(self, stats):
        """The run is over."""
        with open(os.environ["BENCH_FORK_COUNT"], "w", encoding="ascii") as stream:
            stream.write(str(self._count))
