# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a verification: a table and lists for people, and all probes for programs."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import (
    bullets,
    cell,
    document,
    literal,
    section,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import connection_tracking
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.failures import (
    MOST_NAMES,
    Failure,
    failures,
    grouped,
    in_order,
    pair_of,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import PASS
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Probe, Schedule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.verdicts import (
    BLOCKED,
    DROPPED,
    LEAKED,
    NOT_JUDGED,
    PASSED,
    REFUSED,
    UNTESTED,
    count,
)

_HEADER = ("Flow", "From", "To", "Probes", "Verdict")
# A command limits its run to at most so many hosts, and a cell of the table names at most so many.
_MOST_LIMITED, _MOST_IN_A_CELL = 12, 2


class Report:
    """The report on the probes of a schedule, each with its verdict.

    ``command`` is the start of a command that runs a playbook. ``tracking_seconds`` is how long packet filters remember
    the packets of the run.
    """

    def __init__(self, schedule: Schedule, probes: list[Probe], command: str, tracking_seconds: int) -> None:
        self._schedule = schedule
        self._tracking_seconds = tracking_seconds
        self._probes = probes
        self._command = command
        self.counts = count(probes)
        self._allowed = [probe for probe in probes if probe["expect"] == PASS]
        self._forbidden = [probe for probe in probes if probe["expect"] != PASS]

    @property
    def blocked_flows(self) -> list[str]:
        return in_order({flow for probe in self._probes if probe["verdict"] == BLOCKED for flow in probe["flows"]})

    @property
    def summary(self) -> str:
        """The numbers in two sentences; if flows are blocked, also their hosts and the command that shows why."""
        if not self._probes:
            return "Nothing to verify: no packet was sent."
        numbers = (
            f"Allowed traffic: {_numbers(self._allowed, (PASSED, REFUSED, BLOCKED, UNTESTED))}. "
            f"Forbidden traffic: {_numbers(self._forbidden, (DROPPED, LEAKED, NOT_JUDGED, UNTESTED))}."
        )
        blocked = self._blocked
        if not blocked:
            return numbers
        places = "; ".join(failure.place for failure in blocked[:MOST_NAMES])
        more = f"; and {len(blocked) - MOST_NAMES} more" if len(blocked) > MOST_NAMES else ""
        hosts = [host for failure in blocked for host in failure.hosts]
        return f"{numbers} Blocked: {places}{more}. To see what differs, run {self._remedy(hosts)}"

    def lines(self) -> list[str]:
        """The table and the lists, for a terminal."""
        parts = [self._table(), *([title, *(f"  {item}" for item in items)] for title, items in self._lists())]
        return [*(line for part in parts if part for line in (*part, "")), self._balance()]

    def to_markdown(self) -> str:
        """The table and the lists as Markdown."""
        return document(
            "# Verification of the fleet",
            literal(self._balance()),
            *section("Flows", "\n".join(self._table(lambda text: cell(literal(text))))),
            *(text for title, items in self._lists() for text in section(title, bullets(map(literal, items)))),
        )

    def to_dict(self) -> Mapping[str, object]:
        schedule = self._schedule
        return {
            "version": schedule.version,
            "seed": schedule.seed,
            connection_tracking.KEY: self._tracking_seconds,
            "counts": self.counts,
            "blocked_flows": self.blocked_flows,
            "untestable": schedule.untestable,
            "notes": schedule.notes,
            "probes": self._probes,
        }

    def _balance(self) -> str:
        counted = ", ".join(f"{number:,} {_word(verdict)}" for verdict, number in self.counts.items() if number)
        return f"{len(self._probes):,} probes: {counted or 'none'}. Seed {self._schedule.seed}."

    def _table(self, form: Callable[[str], str] = str) -> list[str]:
        """Return a line for each flow, with its cells in that form; no line if there are no flows."""
        by_flow = defaultdict(list)
        for probe in self._allowed:
            for flow in probe["flows"]:
                by_flow[flow].append(probe)
        if not by_flow:
            return []
        rows = [_HEADER]
        for flow in in_order(by_flow):
            probes = by_flow[flow]
            row = flow, _hosts(probes, "from"), _hosts(probes, "to"), str(len(probes)), _verdicts(probes)
            rows.append(tuple(map(form, row)))
        return _aligned(rows)

    def _lists(self) -> Iterator[tuple[str, list[str]]]:
        """Yield a heading and its lines, for each verdict that needs an explanation."""
        lists = {
            "Blocked": [
                line
                for _between, found in grouped(self._blocked, lambda failure: frozenset(failure.hosts))
                for line in (*map(str, found), f"Run {self._remedy(found[0].hosts)}")
            ],
            "Passed, but without an answer in time: a slow host, or a stateless packet filter": list(
                map(str, failures((probe for probe in self._with(PASSED) if probe["why"]), self._allowed))
            ),
            "Refused: the packet filters pass it, but no service listens": list(map(str, self._failures(REFUSED))),
            "Leaked: outside of every flow, but not dropped": list(map(str, self._failures(LEAKED))),
            "Not judged": self._reasons(NOT_JUDGED),
            "Untested": [*self._reasons(UNTESTED), *self._untestable()],
            "Not covered by this run": self._schedule.notes,
        }
        return ((title, items) for title, items in lists.items() if items)

    @cached_property
    def _blocked(self) -> list[Failure]:
        return self._failures(BLOCKED)

    def _failures(self, verdict: str) -> list[Failure]:
        tried = (probe for probe in self._all_like(verdict) if probe["verdict"] != UNTESTED)
        return failures(self._with(verdict), tried)

    def _all_like(self, verdict: str) -> list[Probe]:
        return self._forbidden if verdict == LEAKED else self._allowed

    def _reasons(self, verdict: str) -> list[str]:
        return [
            f"{why}: {len(probes)} {'probe' if len(probes) == 1 else 'probes'}, {_pairs(map(pair_of, probes))}"
            for why, probes in grouped(self._with(verdict), lambda probe: probe["why"])
        ]

    def _untestable(self) -> list[str]:
        return [
            f"{', '.join(flows) or 'all flows'}, {_pairs((each['from'], each['to']) for each in found)}: {why}"
            for (flows, why), found in grouped(
                self._schedule.untestable, lambda each: (tuple(each["flows"]), each["why"])
            )
        ]

    def _with(self, verdict: str) -> list[Probe]:
        return [probe for probe in self._probes if probe["verdict"] == verdict]

    def _remedy(self, hosts: Iterable[str]) -> str:
        """The command that shows what differs on both hosts, and on the gateways between them."""
        hosts = dict.fromkeys(hosts)
        domains = dict.fromkeys(self._schedule.domains[host] for host in hosts)
        between = [gateway for domain in domains for gateway in self._schedule.gateways.get(domain, ())]
        limit = ",".join(list(dict.fromkeys((*between, *hosts)))[:_MOST_LIMITED])
        return f"{self._command} fleet.ports.site --check --diff --limit {shlex.quote(limit)}"


def _hosts(probes: list[Probe], end: str) -> str:
    names = list(dict.fromkeys(probe[end] for probe in probes))
    return ", ".join(names) if len(names) <= _MOST_IN_A_CELL else f"{len(names)} hosts"


def _numbers(probes: list[Probe], verdicts: Sequence[str]) -> str:
    """Return how many probes have each of these verdicts; the rare ones only if there are any."""
    counts = count(probes)
    shown = (verdict for verdict in verdicts if counts[verdict] or verdict not in (REFUSED, NOT_JUDGED))
    return ", ".join(f"{counts[verdict]:,} {_word(verdict)}" for verdict in shown)


def _verdicts(probes: list[Probe]) -> str:
    found = {verdict: number for verdict, number in count(probes).items() if number}
    if len(found) == 1:
        return _word(*found)
    return ", ".join(f"{number} {_word(verdict)}" for verdict, number in found.items())


def _word(verdict: str) -> str:
    return verdict.replace("_", " ")


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return join_limited([f"{sender} to {receiver}" for sender, receiver in dict.fromkeys(pairs)], MOST_NAMES)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out a table in Markdown that is readable as plain text as well."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths))} |" for row in rows]
    lines.insert(1, f"| {' | '.join('-' * width for width in widths)} |")
    return lines
