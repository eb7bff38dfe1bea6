# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step C(report): judge what all hosts found, and write the report."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Iterator

from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import connection_tracking, verdicts
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.report import Report
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import LISTEN, SEND, RunFolder
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Probe, Schedule, hosts_of


def run(folder: str, report_dir: str | None, inventory: Iterable[str], check: bool, diff: bool) -> dict[str, object]:
    """Return the task's result; write the report into C(report_dir), if it is set.

    C(inventory) has the sources of the inventory, for the command in the report.
    """
    run_folder = RunFolder(folder)
    schedule = run_folder.schedule()
    tracking_seconds = connection_tracking.longest(_tracking_seconds(run_folder, schedule))
    report = Report(schedule, _judged(run_folder, schedule), _command(inventory), tracking_seconds)
    answer = {
        "counts": report.counts,
        "blocked_flows": report.blocked_flows,
        "summary": report.summary,
        "lines": report.lines(),
    }
    if report_dir:
        files = (
            (os.path.join(report_dir, connection_tracking.REPORT), json.dumps(report.to_dict(), indent=1) + "\n"),
            (os.path.join(report_dir, "verify.md"), report.to_markdown()),
        )
        answer.update(writer.write(files, check, diff), report_dir=report_dir)
        if not check:
            connection_tracking.note_end(report_dir)
    return answer


def _judged(run_folder: RunFolder, schedule: Schedule) -> list[Probe]:
    return [
        {**probe, "batch": number}
        for number, batch in enumerate(schedule.batches, 1)
        for probe in verdicts.judge(batch, lambda host, step, number=number: run_folder.finding(number, host, step))
    ]


def _tracking_seconds(run_folder: RunFolder, schedule: Schedule) -> Iterator[object]:
    """Yield for how many seconds each host remembers packets, None for a gateway, which is not asked."""
    for number, batch in enumerate(schedule.batches, 1):
        for host in hosts_of(batch):
            for step in (LISTEN, SEND):
                finding = run_folder.finding(number, host, step)
                if finding and "obstacle" not in finding:
                    yield finding.get("tracking_seconds")
    gateways = {gateway for of_domain in schedule.gateways.values() for gateway in of_domain}
    if not gateways.issubset(schedule.domains):
        yield None


def _command(inventory: Iterable[str]) -> str:
    """Return the start of a command that runs another playbook on the same inventory."""
    words = [word for source in inventory for word in ("-i", source)]
    return shlex.join(["ansible-playbook", *words])
