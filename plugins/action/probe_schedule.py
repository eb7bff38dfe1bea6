# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""probe_schedule on the controller: choose the pairs, draw the probes, and lay them out in a folder of this run."""

from __future__ import annotations

import tempfile

from ansible import constants

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import fleet_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import (
    announcement,
    conntrack,
    pairs,
    probe_schedule,
    settings,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.station import Station
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import Run


class ActionModule(ControllerTask):
    ARGUMENT_SPEC = settings.ARGUMENT_SPEC

    def answer(self, arguments, task_vars):
        address_sets.require()
        options = settings.read(arguments)
        template = self._templar.template
        read = variable_reader.reader(task_vars, template)
        groups = task_vars["groups"]
        names = variable_reader.host_names(options.hosts, groups)
        fleet = fleet_of(Request({"on_conflict": "report"}), task_vars, template)
        plans = fleet.plans(names)
        touching = _touching(options.touching, names, plans, groups)
        choice = pairs.choose(plans, touching, options.clients, options.seed)
        stations = {
            name: Station(plans[name], fleet.addresses(name), str(read(name).get("ansible_host", name)))
            for name in dict.fromkeys(name for pair in choice.pairs for name in pair.hosts)
        }
        schedule = probe_schedule.schedule(choice.pairs, stations, options)
        schedule.domains = {name: plans[name]["domain"] for name in stations}
        schedule.gateways = pairs.gateways(plans.values())
        schedule.notes = list(
            announcement.notes(plans, stations, choice, options.phases, fleet.hosts_with_role)
        )
        run = Run(tempfile.mkdtemp(prefix="fleet.ports-", dir=constants.DEFAULT_LOCAL_TMP))
        run.save(schedule)
        return {
            "path": run.path,
            "seed": schedule.seed,
            "count": sum(map(len, schedule.batches)),
            "pairs": len(choice.pairs),
            "hosts": list(stations),
            "batches": [
                {"number": number, "hosts": probe_schedule.hosts_of(batch)}
                for number, batch in enumerate(schedule.batches, 1)
            ],
            "wait": conntrack.seconds_left(options.report_dir),
            "announcement": announcement.lines(schedule, choice),
        }


def _touching(wanted, names, plans, groups):
    """Return the hosts that are named, each of which has to be one that can take part."""
    if not wanted:
        return set()
    found = variable_reader.host_names(wanted, groups)
    known = set(names)
    for name in found:
        if name not in known:
            raise MatrixError(
                f"{settings.WHERE}: {name} is to be looked at, but is not among the hosts of this run; "
                "leave out --limit, and name only hosts that fleet_ports_hosts matches."
            )
        if name not in plans:
            raise MatrixError(
                f"{settings.WHERE}: {name} is to be looked at, but has no role; "
                "put it into one of the groups that give roles, or do not name it."
            )
    return set(found)
