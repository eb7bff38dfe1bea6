# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_check on the controller: what no run can work with is refused in one sentence, before any host is touched."""

from __future__ import annotations

import re

from ansible.utils.display import Display

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import concerns, conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request

display = Display()

# Variable, pattern of its value, and what to set it to. A variable that is unset or empty has its default.
SETTINGS = (
    ("fleet_ports_serial", r"[1-9][0-9]*%?", "a number of hosts, such as 10, or a percentage, such as 25%"),
    ("fleet_ports_max_fail_percentage", r"[0-9]+([.][0-9]+)?%?", "a percentage, such as 0 or 25"),
    ("fleet_ports_max_shrink", r"100|[0-9]{1,2}", "a whole number from 0 to 100"),
    ("nim_firewall_on_blocked", r"fail|warn", "fail or warn"),
)


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = {
        "of": {"type": "str", "choices": ["site", "audit", "remove"], "required": True},
        "hosts": {"type": "raw", "required": True},
    }

    def answer(self, arguments, task_vars):
        self._check_settings(task_vars)
        if arguments["of"] == "remove":
            return {}
        address_sets.require()
        names = variable_reader.host_names(arguments["hosts"], task_vars["groups"])
        fleet = fleet_of(Request({"hosts": names, "on_conflict": "fail"}), task_vars, self._templar.template)
        if arguments["of"] == "audit":
            fleet.require_role(names)
            return {}
        plans = fleet.plans(names)
        conflicts_of_hosts = fleet.conflicts(names, plans)
        conflict_checks.refuse_errors(conflicts_of_hosts)
        conflicts = conflict_checks.of_fleet(conflicts_of_hosts, fleet.conflicts_of_inventory())
        for conflict in conflicts:
            display.display(conflict["sentence"])
        return {"count": len(plans), "conflicts": conflicts}

    def _check_settings(self, task_vars):
        for variable, pattern, advice in SETTINGS:
            value = self._templar.template(task_vars.get(variable))
            for each in value if isinstance(value, list) else [value]:
                if each not in (None, "") and not re.fullmatch(pattern, str(each)):
                    raise MatrixError(f"{variable} is '{each}'; set it to {advice}.")
        concerns.named(self._list(task_vars.get("fleet_ports_concerns")), "fleet_ports_concerns")
        concerns.refuse_misspelt_tags(task_vars.get("ansible_run_tags", ()))

    def _list(self, value):
        found = self._templar.template(value)
        if isinstance(found, str):
            return [word.strip() for word in found.split(",") if word.strip()]
        return found or []
