# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""port_matrix on the controller: read the options, compute, write files if asked to, and answer."""

from __future__ import annotations

import os

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import concerns_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import ARGUMENT_SPEC, Request, query_plan
from ansible_collections.fleet.ports.plugins.plugin_utils._report import fleet_reports, writer


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = ARGUMENT_SPEC

    def answer(self, arguments, task_vars):
        address_sets.require()
        request = Request(arguments)
        answer = self._one_host if request.hosts is None else self._many_hosts
        return answer(request, task_vars)

    def _one_host(self, request, task_vars):
        host = task_vars["inventory_hostname"]
        plan = fleet_of(request, task_vars, self._templar.template).plan(host)
        if request.fail_on_conflict:
            conflict_checks.refuse_errors({host: plan["conflicts"]})
        answer = {"plan": plan, "concerns": concerns_of(plan)}
        if request.query:
            answer["result"] = query_plan(request.query, plan)
        return answer

    def _many_hosts(self, request, task_vars):
        names = variable_reader.host_names(request.hosts, task_vars["groups"])
        fleet = fleet_of(request, task_vars, self._templar.template)
        plans = fleet.plans(names)
        conflicts_of_hosts = fleet.conflicts(names, plans)
        if request.fail_on_conflict:
            conflict_checks.refuse_errors(conflicts_of_hosts)
        conflicts = conflict_checks.of_fleet(conflicts_of_hosts, fleet.conflicts_of_inventory())
        answer = {"count": len(plans), "hosts": list(plans), "conflicts": conflicts}
        if request.query:
            answer["result"] = {host: query_plan(request.query, plan) for host, plan in plans.items()}
        if request.dest or request.report_dir or request.topology_dest:
            files = _files(request, fleet, plans, conflicts)
            answer.update(writer.write(files, self._task.check_mode, self._task.diff))
            answer.update(path=request.dest, report_dir=request.report_dir, topology_dest=request.topology_dest)
        elif not request.query:
            answer["plans"] = plans
        return answer


def _files(request, fleet, plans, conflicts):
    if request.dest:
        yield request.dest, fleet_reports.plans_document(plans)
    if request.report_dir:
        for name, text in fleet_reports.reports(plans, conflicts, fleet.hosts_with_role):
            yield os.path.join(request.report_dir, name), text
    if request.topology_dest:
        yield request.topology_dest, fleet.topology_document(request.topology_dest)
