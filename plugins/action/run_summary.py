# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_summary on the controller: read the results registered on each host, sum them up, and write a report on an audit.

Results contain no templates, and are therefore read raw: templating ten thousand plans would take a minute.
"""

from __future__ import annotations

import os

from ansible.utils.display import Display

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask, Use
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import hosts_with_role, members_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import audit, audit_report, changes, rehearsals
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import hosts_by_state

display = Display()


class ActionModule(ControllerTask):
    SELECTOR = "of"
    USES = {"changes": Use(required=("hosts",)), "audit": Use(required=("hosts", "report_dir"))}
    ARGUMENT_SPEC = {
        "of": {"type": "str", "choices": list(USES), "required": True},
        "hosts": {"type": "raw", "required": True},
        "report_dir": {"type": "path"},
    }

    def answer(self, arguments, task_vars):
        names = variable_reader.host_names(arguments["hosts"], task_vars["groups"])
        variables = {name: task_vars["hostvars"].raw_get(name) for name in names}
        if arguments["of"] == "changes":
            answer = self._changes(variables)
        else:
            answer = self._audit(variables, self._hosts_with_role(task_vars), arguments["report_dir"])
        for line in answer["summary"]:
            display.display(line)
        return answer

    def _changes(self, variables):
        fleet = {name: changes.host_changes(found) for name, found in variables.items()}
        rehearsed = _rehearsals(variables)
        counts, hosts = changes.counts(fleet), hosts_by_state(fleet, changes.STATES)
        return {
            "counts": counts,
            "hosts": hosts,
            **_judged(rehearsed),
            "summary": [*changes.summary(fleet, predicted=self._task.check_mode), *rehearsals.summary(rehearsed)],
            **_statistic("fleet_ports_done", counts=counts, changed=hosts["changed"], failed=hosts["failed"]),
        }

    def _audit(self, variables, hosts_with_role, folder):
        fleet = {name: audit.host_drift(found) for name, found in variables.items()}
        rehearsed = _rehearsals(variables)
        report = os.path.join(folder, "audit.md")
        files = [
            (os.path.join(folder, "audit.json"), audit_report.json_document(fleet, rehearsed, hosts_with_role)),
            (report, audit_report.markdown_document(fleet, rehearsed, hosts_with_role)),
        ]
        counts, hosts = audit_report.counts(fleet), hosts_by_state(fleet, audit.STATES)
        return {
            **writer.write(files, self._task.check_mode, self._task.diff),
            "report_dir": folder,
            "counts": counts,
            "hosts": hosts,
            **_judged(rehearsed),
            "summary": [
                *audit_report.summary(fleet, hosts_with_role),
                *rehearsals.besides_findings(rehearsed),
                f"Open this first: {report}",
            ],
            **_statistic(
                "fleet_ports_drift", counts=counts, differs=hosts["differs"], not_audited=hosts["not_audited"]
            ),
        }

    def _hosts_with_role(self, task_vars):
        here = task_vars["inventory_hostname"]
        read = variable_reader.reader(task_vars, self._templar.template)
        role_groups = variable_reader.role_groups(read(here), here)
        return len(hosts_with_role(members_of(task_vars["groups"], role_groups)))


def _rehearsals(variables):
    return {name: rehearsals.host_rehearsal(found) for name, found in variables.items()}


def _judged(rehearsed):
    """Return the hosts on which a rule stops a flow, and those whose kernel did not judge."""
    return {"blocked": rehearsals.blocked_hosts(rehearsed), "not_rehearsed": list(rehearsals.reasons(rehearsed))}


def _statistic(name, **data):
    """Return what sets a statistic for job systems, as set_stats does."""
    return {"ansible_stats": {"data": {name: data}, "per_host": False, "aggregate": True}}
