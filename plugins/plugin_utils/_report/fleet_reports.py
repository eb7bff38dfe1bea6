# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports on the plans of a fleet: page, Markdown and CSV for readers, JSON for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of, rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report.csv_rows import csv_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.page import page_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown import fleet_report, host_report

VERSION = 1


def plans_document(plans: Mapping[str, Plan]) -> str:
    """Return all plans as one JSON document with a host on each line."""
    lines = ",\n".join(f"{json.dumps(host)}: {json.dumps(plan, separators=(',', ':'))}" for host, plan in plans.items())
    return f'{{"version": {VERSION}, "plans": {{\n{lines}\n}}}}\n'


def reports(
    plans: Mapping[str, Plan], conflicts: Iterable[Mapping[str, object]], hosts_with_role: int
) -> Iterator[tuple[str, str]]:
    """Yield path and text of each report: on the fleet as a whole, and on each of its hosts.

    ``plans`` has the hosts of the run, ``hosts_with_role`` counts those of the inventory.
    """
    conflicts, fleet_rows = list(conflicts), rows_of_fleet(plans.values())
    yield "fleet.html", page_of(plans, fleet_rows, conflicts, hosts_with_role)
    yield "fleet.csv", csv_of(fleet_rows)
    yield "fleet.md", fleet_report(plans, fleet_rows, conflicts, hosts_with_role)
    for host, plan in plans.items():
        rows = list(rows_of(plan))
        path = os.path.join("hosts", private_file.name_for(host))
        yield f"{path}.json", json.dumps(plan, indent=1) + "\n"
        yield f"{path}.csv", csv_of(rows)
        yield f"{path}.md", host_report(plan, rows)
