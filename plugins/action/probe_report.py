# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""probe_report on the controller: put together what all hosts found, and write it down."""

from __future__ import annotations

import json
import os
import shlex

from ansible import context

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import conntrack, verdicts
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.report import Report
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import Run


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = {"schedule": {"type": "path", "required": True}, "report_dir": {"type": "path"}}

    def answer(self, arguments, task_vars):
        run, report_dir = Run(arguments["schedule"]), arguments["report_dir"]
        schedule = run.schedule()
        report = Report(schedule, _judged(run, schedule), _command())
        answer = {
            "counts": report.counts,
            "blocked_flows": report.blocked_flows,
            "sentence": report.sentence,
            "lines": report.lines(),
        }
        if report_dir:
            files = (
                (os.path.join(report_dir, conntrack.REPORT), json.dumps(report.for_machines(), indent=1) + "\n"),
                (os.path.join(report_dir, "verify.md"), report.for_people()),
            )
            answer.update(writer.write(files, self._task.check_mode, self._task.diff), report_dir=report_dir)
            if not self._task.check_mode:
                conntrack.note_end(report_dir)
        return answer


def _judged(run, schedule):
    return [
        {**probe, "batch": number}
        for number, batch in enumerate(schedule.batches, 1)
        for probe in verdicts.judge(batch, lambda host, mode, number=number: run.finding(number, host, mode))
    ]


def _command():
    """How to call another playbook for the same inventory."""
    words = [word for source in context.CLIARGS.get("inventory") or () for word in ("-i", source)]
    return shlex.join(["ansible-playbook", *words])
