# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what a playbook run did as JSON, so that a test reads results and not a screen."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lab_record
type: notification
short_description: Writes the results of a playbook run to a file
description:
  - Writes one JSON object with C(tasks) (host, task, action, status and result of each) and C(recap) (the counts of
    each host) to the file that the environment variable E(LAB_RECORD) names. Does nothing if that is not set.
author: fleet.ports contributors (!UNKNOWN)
"""


class CallbackModule(CallbackBase):
    """Collects every result of a run and writes all at its end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "lab_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display=None):
        super().__init__(display=display)
        self._file = os.environ.get("LAB_RECORD")
        self.disabled = not self._file
        self._tasks = []

    def _add(self, result, status):
        self._tasks.append(
            {
                "host": result._host.get_name(),
                "task": result._task.get_name(),
                "action": result._task.resolved_action or result._task.action,
                "status": status,
                "result": result._result,
            }
        )

    def v2_runner_on_ok(self, result):
        self._add(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._add(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result):
        self._add(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._add(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        recap = {host: stats.summarize(host) for host in sorted(stats.processed)}
        with open(self._file, "w", encoding="utf-8") as file:
            json.dump({"tasks": self._tasks, "recap": recap}, file, default=str)
