# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing plans on the controller: all in one file for programs, and reports for people.

The files list addresses and what is open between them, so that only their owner may read them.
"""

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

# Beyond this, a difference is nothing to read; it is what Ansible itself shows at most.
_MOST_DIFF_BYTES = 104448


def document(plans: Mapping[str, Plan]) -> str:
    """Return all plans as one JSON document, a host a line."""
    lines = ",\n".join(f"{json.dumps(host)}: {json.dumps(plan, separators=(',', ':'))}" for host, plan in plans.items())
    return f'{{"version": {VERSION}, "plans": {{\n{lines}\n}}}}\n'


def reports(
    plans: Mapping[str, Plan], conflicts: Iterable[Mapping[str, object]], hosts_with_role: int
) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the reports on a fleet, all hosts with a role or some, and on each of its hosts."""
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


def write(files: Iterable[tuple[str, str]], check: bool, diff: bool) -> dict[str, object]:
    """Write the files that differ, none in check mode; return what a task says about it."""
    written, unchanged, differences, left = 0, 0, [], _MOST_DIFF_BYTES
    for path, text in files:
        before, after = private_file.read(path), text.encode()
        if before == after:
            unchanged += 1
            continue
        written += 1
        left -= len(before or b"") + len(after)
        if diff and left > 0:
            differences.append(_difference(path, before, text))
        if not check:
            private_file.write(path, after)
    return {"changed": written > 0, "files": written, "unchanged_files": unchanged, "diff": differences}


def _difference(path: str, before: bytes | None, after: str) -> dict[str, str]:
    return {
        "before_header": path,
        "before": (before or b"").decode("utf-8", "replace"),
        "after_header": path,
        "after": after,
    }
