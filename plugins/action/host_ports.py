# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_ports from the controller: compute the plan of the host, apply all its concerns, connect anew, confirm.

The plan is computed in the fork that Ansible makes for the task anyway. The module gets the options of the concerns
that the plan has, and the names of those that are to be restored if the host has records of them.
"""

from __future__ import annotations

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase
from ansible.utils.display import Display

from ansible_collections.fleet.ports.plugins.plugin_utils._common.confirming_action import (
    APPLY_SECONDS,
    ConfirmingAction,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import concern_options, concerns, conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import host_line

display = Display()

# The concerns whose change may restart daemons, and the seconds that all restarts of one may take. The time to confirm
# begins after them, when the flows are changed.
RESTARTING = {"holds", "pins"}
SECONDS_FOR_RESTARTS = 300


class ActionModule(ConfirmingAction):
    MODULE = "fleet.ports.host_ports"
    CONFIRMING_OPTIONS = ("_restored",)
    ARGUMENT_SPEC = {
        "concerns": {"type": "list", "elements": "str", "default": []},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }

    def run(self, tmp=None, task_vars=None):
        result = {**ActionBase.run(self, tmp, task_vars), "changed": False}
        _validation, arguments = self.validate_argument_spec(self.ARGUMENT_SPEC)
        try:
            address_sets.require()
            order = self._order(arguments, task_vars)
        except MatrixError as error:
            return dict(result, failed=True, msg=str(error))
        if arguments["state"] == "present":
            result["planned"] = order.planned
        try:
            arguments = {**order.options, "_confirm_timeout": order.confirm_timeout}
            result.update(self.carry_out(arguments, order.confirm_timeout, task_vars))
        except AnsibleConnectionFailure as error:
            return dict(result, unreachable=True, msg=str(error))
        if result.get("failed"):
            result["msg"] = result.get("msg", "") + self._already_changed(result.get("concerns", {}))
            self._show(result.get("diff"))
        if "concerns" in result:
            result["summary"] = host_line.line(result["concerns"], order.options["_wanted"], self._task.check_mode)
            display.display(f"{task_vars['inventory_hostname']}: {result['summary']}")
        return result

    def apply_seconds(self, arguments):
        restarting = RESTARTING.intersection([*arguments["_wanted"], *arguments["_restored"]])
        return APPLY_SECONDS + SECONDS_FOR_RESTARTS * len(restarting)

    def merged(self, answer, confirmation):
        merged = {
            "changed": answer.get("changed", True) or confirmation["changed"],
            "concerns": {**answer.get("concerns", {}), **confirmation["concerns"]},
            "diff": [*answer.get("diff", []), *confirmation.get("diff", [])],
            "owned": confirmation["owned"],
        }
        if confirmation.get("failed"):
            merged.update(failed=True, msg=confirmation["msg"])
        return merged

    def unconfirmed(self, answer, message):
        failed = {"failed": True, "changed": False, "msg": message}
        return {"concerns": {**answer.get("concerns", {}), "flows": failed}}

    def _already_changed(self, answers):
        """Return what a message about a failure ends with: Ansible counts no change of a task that fails."""
        changed = [name for name, answer in answers.items() if answer["changed"]]
        return f" Already changed on this host: {', '.join(changed)}." if changed and not self._task.check_mode else ""

    def _show(self, diff):
        """Show the diff of a task that fails, which Ansible does not."""
        if diff and self._task.diff:
            display.display(CallbackBase()._get_diff(diff))

    def _order(self, arguments, task_vars):
        host = task_vars["inventory_hostname"]
        variables = variable_reader.reader(task_vars, self._templar.template)(host)
        names = concerns.tagged(
            concerns.named(arguments["concerns"], f"Host {host}: concerns"),
            task_vars.get("ansible_run_tags", ()),
            task_vars.get("ansible_skip_tags", ()),
        )
        if arguments["state"] == "absent":
            return concern_options.Order.to_restore(names)
        plan = fleet_of(Request({"on_conflict": "fail"}), task_vars, self._templar.template).plan(host)
        conflict_checks.refuse_errors({host: plan["conflicts"]})
        return concern_options.Order.of_plan(plan, names, variables)
