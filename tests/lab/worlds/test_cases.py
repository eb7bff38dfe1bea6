# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On each ruleset that people have, the flows pass, or the run refuses and names the rule; packets say which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .cases import Case, cases
from .requests import within
from .trial import OPENED, REFUSED, Report, tried

CASES = {case.world.name: case for case in cases()}


@pytest.mark.parametrize("name", CASES)
def test_packets_do_what_the_run_says(name: str, count) -> None:
    case = CASES[name]
    missing = {program.command[0] for program in case.world.others if not program.is_installed}
    if missing:
        pytest.skip(f"needs {', '.join(sorted(missing))}")
    report = tried(case.world, name)
    count(report)
    wrong = [*report.flaws, *_not_right(case, report)]
    assert not wrong, "\n".join([*wrong[:20], str(report), case.world.text])


def _not_right(case: Case, report: Report) -> Iterator[str]:
    right, answer = case.right, report.answers["run"]
    if right.outcome != "any" and report.outcome != right.outcome:
        yield f"the world was {report.outcome}, and not {right.outcome}"
    elif report.outcome == REFUSED:
        yield from (f"the refusal does not name {name}" for name in right.names if name not in answer.message)
    elif report.outcome == OPENED:
        hooks = {flow.hook for flow in case.world.request.flows}
        enforced = hooks.intersection(answer.result["enforced"])
        if enforced != hooks.intersection(right.enforced):
            yield f"enforced names {sorted(enforced)}, and not {sorted(hooks.intersection(right.enforced))}"
        if right.untouched and answer.result["changed"]:
            yield "there is nothing to open, and the run changed something"
        if right.outcome == OPENED:
            yield from _not_blocked_as_right(case, report)
    yield from (f"the run wrote {path}" for path in right.unwritten if path in report.written)


def _not_blocked_as_right(case: Case, report: Report) -> Iterator[str]:
    """Yield who is blocked and should not be, and who is quarantined and not reported."""
    blocked = report.answers["run"].blocked
    for entry in blocked:
        ends = entry.packet.source, entry.packet.destination
        if not any(within(end, [whom]) for _hook, whom in case.world.quarantined for end in ends):
            yield f"{entry} is reported as blocked, and nobody quarantined it"
    for hook, whom in case.world.quarantined:
        peers = [cidr for group in case.world.request.peers.values() for cidr in group]
        found = any(
            # A rule that looks into a set or a map is reported with one of those it names.
            "@" in entry.rule or any(within(end, [whom]) for end in (entry.packet.source, entry.packet.destination))
            for entry in blocked
        )
        if within(whom.split("/")[0], peers) and not found:
            yield f"{whom} is quarantined at {hook}, and blocked does not say so"
