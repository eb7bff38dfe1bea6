# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes how long each task took, from its start to its last host's result."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: Writes how long each task took
description:
  - Writes a JSON list of C([name, seconds]), in the order of the tasks, to the file that E(BENCH_TASK_TIMES) names.
"""


class CallbackModule(CallbackBase):
    """A stopwatch on each task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display=None):
        super().__init__(display)
        self._times = []
        self._started = 0.0

    def v2_playbook_on_task_start(self, task, is_conditional):
        """A task begins for all its hosts."""
        self._times.append([task.get_name(), 0.0])
        self._started = time.monotonic()

    def v2_runner_on_ok(self, result):
        """One host is through."""
        self._times[-1][1] = time.monotonic() - self._started

    def v2_playbook_on_stats(self, stats):
        """The run is over."""
        with open(os.environ["BENCH_TASK_TIMES"], "w", encoding="utf-8") as stream:
            json.dump(self._times, stream)
