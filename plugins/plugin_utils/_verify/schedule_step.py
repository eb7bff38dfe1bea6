# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step C(schedule): choose the pairs of hosts, draw the probes, and write them into the folder of the run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import announcement, connection_tracking, pairs
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.options import WHERE, ProbeOptions
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import RunFolder
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import draw, hosts_of


def run(
    options: ProbeOptions, temporary: str, task_vars: Mapping[str, object], template: Callable[[object], object]
) -> dict[str, object]:
    """Write a schedule into a new folder below ``temporary``, and return the task's result."""
    address_sets.require()
    read = variable_reader.reader(task_vars, template)
    names = variable_reader.host_names(options.hosts, task_vars["groups"])
    fleet = fleet_of(Request({"on_conflict": "report"}), task_vars, template)
    plans = fleet.plans(names)
    involved = _involved(options.involving, names, plans, task_vars["groups"])
    choice = pairs.choose(plans, involved, options.clients, options.seed)
    endpoints = {
        name: Endpoint(plans[name], fleet.addresses(name), str(read(name).get("ansible_host", name)))
        for name in dict.fromkeys(name for pair in choice.pairs for name in pair.hosts)
    }
    schedule = draw(choice.pairs, endpoints, options)
    schedule.domains = {name: plans[name]["domain"] for name in endpoints}
    schedule.gateways = pairs.gateways(plans.values())
    schedule.notes = list(announcement.notes(plans, endpoints, choice, options.phases, fleet.hosts_with_role))
    folder = tempfile.mkdtemp(prefix="fleet.ports-", dir=temporary)
    RunFolder(folder).save(schedule)
    wait = connection_tracking.seconds_left(options.report_dir)
    return {
        "schedule_dir": folder,
        "seed": schedule.seed,
        "probes": sum(map(len, schedule.batches)),
        "pairs": len(choice.pairs),
        "hosts": list(endpoints),
        "batches": [
            {"number": number, "hosts": hosts_of(batch)} for number, batch in enumerate(schedule.batches, 1)
        ],
        "wait": wait,
        "announcement": announcement.lines(schedule, choice, wait),
    }


def _involved(
    wanted: object, names: Collection[str], plans: Collection[str], groups: Mapping[str, Iterable[str]]
) -> set[str]:
    """Return the hosts that each pair has to involve; MatrixError if one of them takes no part in the run."""
    if not wanted:
        return set()
    found = variable_reader.host_names(wanted, groups)
    known = set(names)
    for name in found:
        if name not in known:
            raise MatrixError(
                f"{WHERE}: involving names {name}, which is not one of the hosts of this run; "
                "remove --limit, and name only hosts that fleet_ports_hosts matches."
            )
        if name not in plans:
            raise MatrixError(
                f"{WHERE}: involving names {name}, which has no role; "
                "add it to one of the groups that give roles, or remove it."
            )
    return set(found)
