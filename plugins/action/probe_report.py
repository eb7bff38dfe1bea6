# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""probe_report on the controller: put together what all hosts found, and write it down."""

from __future__ import annotations

import json
import os
import shlex

from ansible import context
from ansible.plugins.action import ActionBase
from ansible_collections.fleet.ports.plugins.plugin_utils import _probe_memory, _probe_verdicts, _report
from ansible_collections.fleet.ports.plugins.plugin_utils._errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._probe_report import Report
from ansible_collections.fleet.ports.plugins.plugin_utils._probe_run import Run

ARGUMENT_SPEC = {"schedule": {"type": "path", "required": True}, "report_dir": {"type": "path"}}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(ARGUMENT_SPEC)
        try:
            result.update({"changed": False, **self._answer(**arguments)})
        except MatrixError as error:
            result.update(failed=True, msg=str(error))
        return result

    def _answer(self, schedule, report_dir):
        run = Run(schedule)
        report = Report(run.schedule(), _judged(run), _command())
        answer = {
            "counts": report.counts,
            "blocked_flows": report.blocked_flows,
            "sentence": report.sentence,
            "lines": report.lines(),
        }
        if report_dir:
            files = (
                (os.path.join(report_dir, _probe_memory.REPORT), json.dumps(report.for_machines(), indent=1) + "\n"),
                (os.path.join(report_dir, "verify.md"), report.for_people()),
            )
            answer.update(_report.write(files, self._task.check_mode, self._task.diff), report_dir=report_dir)
        return answer


def _judged(run):
    return [
        {**probe, "batch": number}
        for number, batch in enumerate(run.schedule().batches, 1)
        for probe in _probe_verdicts.judge(batch, lambda host, mode, number=number: run.finding(number, host, mode))
    ]


def _command():
    """How to call another playbook for the same inventory."""
    words = [word for source in context.CLIARGS.get("inventory") or () for word in ("-i", source)]
    return shlex.join(["ansible-playbook", *words])
