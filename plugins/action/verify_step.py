# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verify_step on the controller: choose the step, and give it what it needs of Ansible."""

from __future__ import annotations

from ansible import constants, context
from ansible.errors import AnsibleError

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask, Use
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import host_step, options, report_step, schedule_step
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import STEPS


class ActionModule(ControllerTask):
    _requires_connection = True

    SELECTOR = "step"
    USES = {
        "schedule": Use(required=("hosts",), optional=tuple(name for name in options.ARGUMENT_SPEC if name != "hosts")),
        **dict.fromkeys(STEPS, Use(required=("schedule_dir", "batch"))),
        "report": Use(required=("schedule_dir",), optional=("report_dir",)),
    }
    ARGUMENT_SPEC = {
        "step": {"type": "str", "choices": list(USES), "required": True},
        **options.ARGUMENT_SPEC,
        "schedule_dir": {"type": "path"},
        "batch": {"type": "int"},
    }

    def answer(self, arguments, task_vars):
        step = arguments["step"]
        if step == "schedule":
            chosen = options.read(arguments)
            return schedule_step.run(chosen, constants.DEFAULT_LOCAL_TMP, task_vars, self._templar.template)
        if step == "report":
            task = self._task
            inventory = context.CLIARGS.get("inventory") or ()
            return report_step.run(
                arguments["schedule_dir"], arguments["report_dir"], inventory, task.check_mode, task.diff
            )
        if self._task.check_mode:
            return host_step.skipped("nothing is sent in check mode")
        host = task_vars["inventory_hostname"]
        return host_step.run(
            arguments["schedule_dir"], arguments["batch"], host, step, lambda probing: self._probe(probing, task_vars)
        )

    def _probe(self, arguments, task_vars):
        """Run flow_probe on the host; a failing connection is a failing module."""
        try:
            return self._execute_module("fleet.ports.flow_probe", module_args=arguments, task_vars=task_vars)
        except AnsibleError as error:
            return {"failed": True, "unreachable": True, "msg": " ".join(str(error).split())}
