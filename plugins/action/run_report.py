# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_report on the controller: read what was registered on each host, and sum it up."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import results
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.states import hosts_in


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = {"hosts": {"type": "raw", "required": True}}

    def answer(self, arguments, task_vars):
        names = variable_reader.host_names(arguments["hosts"], task_vars["groups"])
        # Results hold no templates; to look for some in ten thousand plans would take a minute.
        fleet = {name: results.host_run(task_vars["hostvars"].raw_get(name)) for name in names}
        return {
            "counts": results.counts(fleet),
            "summary": results.summary(fleet, predicted=self._task.check_mode),
            **{f"{state}_hosts": hosts_in(fleet, state) for state in results.STATES},
        }
