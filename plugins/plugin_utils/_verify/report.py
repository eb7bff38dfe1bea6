# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a proof: a table that a person reads at a glance, and all of it for a machine."""

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
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.failures import (
    MOST_NAMES,
    Trouble,
    grouped,
    in_order,
    pair_of,
    troubles,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import PASS
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Probe, Schedule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.verdicts import (
    BLOCKED,
    DROPPED,
    LEAK,
    NOT_JUDGED,
    NOT_TESTABLE,
    PASSED,
    REFUSED,
    count,
)

_HEADER = ("Flow", "From", "To", "Probes", "Verdict")
# More hosts than one look needs, and more than a cell can carry.
_MOST_LIMITED, _MOST_IN_A_CELL = 12, 2


class Report:
    """What is to be said about the judged probes of a schedule; ``command`` begins a call of a playbook."""

    def __init__(self, schedule: Schedule, probes: list[Probe], command: str) -> None:
        self._schedule = schedule
        self._probes = probes
        self._command = command
        self.counts = count(probes)
        self._open = [probe for probe in probes if probe["expect"] == PASS]
        self._closed = [probe for probe in probes if probe["expect"] != PASS]

    @property
    def blocked_flows(self) -> list[str]:
        return in_order({flow for probe in self._probes if probe["verdict"] == BLOCKED for flow in probe["flows"]})

    @property
    def sentence(self) -> str:
        """All of it in one sentence, or two if something is to be done."""
        if not self._probes:
            return "Nothing to prove: no packet was sent."
        blocked = self._blocked
        if not blocked:
            return (
                f"{self.counts[PASSED]:,} of {len(self._open):,} probes that must pass did, and none is blocked; "
                f"{self.counts[DROPPED]:,} of {len(self._closed):,} that must not pass were dropped."
            )
        places = "; ".join(trouble.place for trouble in blocked[:MOST_NAMES])
        more = f"; and {len(blocked) - MOST_NAMES} more" if len(blocked) > MOST_NAMES else ""
        hosts = [host for trouble in blocked for host in trouble.hosts]
        return f"Blocked, though the matrix opens it: {places}{more}. To see what differs, run {self._remedy(hosts)}"

    def lines(self) -> list[str]:
        """The table and what has to be known besides, for a terminal."""
        parts = [self._table(), *([title, *(f"  {item}" for item in items)] for title, items in self._lists())]
        return [*(line for part in parts if part for line in (*part, "")), self._balance()]

    def for_people(self) -> str:
        """The same as Markdown."""
        return document(
            "# What passes",
            literal(self._balance()),
            *section("Flows", "\n".join(self._table(lambda text: cell(literal(text))))),
            *(text for title, items in self._lists() for text in section(title, bullets(map(literal, items)))),
        )

    def for_machines(self) -> Mapping[str, object]:
        schedule = self._schedule
        return {
            "version": schedule.version,
            "seed": schedule.seed,
            "counts": self.counts,
            "blocked_flows": self.blocked_flows,
            "unprovable": schedule.unprovable,
            "notes": schedule.notes,
            "probes": self._probes,
        }

    def _balance(self) -> str:
        counted = ", ".join(f"{number:,} {_word(verdict)}" for verdict, number in self.counts.items() if number)
        return f"{len(self._probes):,} probes: {counted or 'none'}. Seed {self._schedule.seed}."

    def _table(self, form: Callable[[str], str] = str) -> list[str]:
        """A line for each flow, its cells in that form; none without flows."""
        by_flow = defaultdict(list)
        for probe in self._open:
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
        """Yield a heading and its lines, for whatever needs more than a cell of the table."""
        lists = {
            "Blocked": [
                line
                for _between, found in grouped(self._blocked, lambda trouble: frozenset(trouble.hosts))
                for line in (*map(str, found), f"Run {self._remedy(found[0].hosts)}")
            ],
            "Passed, but a slow host or a packet filter without memory kept the answer back": list(
                map(str, troubles((probe for probe in self._with(PASSED) if probe["why"]), self._open))
            ),
            "Open, but nobody listens": list(map(str, self._troubles(REFUSED))),
            "Outside of these flows, and got through (which fails no run)": list(map(str, self._troubles(LEAK))),
            "Not judged": self._reasons(NOT_JUDGED),
            "Not testable": [*self._reasons(NOT_TESTABLE), *self._unprovable()],
            "Besides": self._schedule.notes,
        }
        return ((title, items) for title, items in lists.items() if items)

    @cached_property
    def _blocked(self) -> list[Trouble]:
        return self._troubles(BLOCKED)

    def _troubles(self, verdict: str) -> list[Trouble]:
        tried = (probe for probe in self._all_like(verdict) if probe["verdict"] != NOT_TESTABLE)
        return troubles(self._with(verdict), tried)

    def _all_like(self, verdict: str) -> list[Probe]:
        return self._closed if verdict == LEAK else self._open

    def _reasons(self, verdict: str) -> list[str]:
        return [
            f"{why}: {len(probes)} {'probe' if len(probes) == 1 else 'probes'}, {_pairs(map(pair_of, probes))}"
            for why, probes in grouped(self._with(verdict), lambda probe: probe["why"])
        ]

    def _unprovable(self) -> list[str]:
        return [
            f"{', '.join(flows) or 'all flows'}, {_pairs((each['from'], each['to']) for each in found)}: {why}"
            for (flows, why), found in grouped(
                self._schedule.unprovable, lambda each: (tuple(each["flows"]), each["why"])
            )
        ]

    def _with(self, verdict: str) -> list[Probe]:
        return [probe for probe in self._probes if probe["verdict"] == verdict]

    def _remedy(self, hosts: Iterable[str]) -> str:
        """What shows the difference: the firewalls of both ends, and of the gateways that are between."""
        hosts = dict.fromkeys(hosts)
        domains = dict.fromkeys(self._schedule.domains[host] for host in hosts)
        between = [gateway for domain in domains for gateway in self._schedule.gateways.get(domain, ())]
        limit = ",".join(list(dict.fromkeys((*between, *hosts)))[:_MOST_LIMITED])
        return f"{self._command} fleet.ports.site --check --diff --limit {shlex.quote(limit)}"


def _hosts(probes: list[Probe], end: str) -> str:
    names = list(dict.fromkeys(probe[end] for probe in probes))
    return ", ".join(names) if len(names) <= _MOST_IN_A_CELL else f"{len(names)} hosts"


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
    """Lay a table out such that it is Markdown, and can be read as it is."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths))} |" for row in rows]
    lines.insert(1, f"| {' | '.join('-' * width for width in widths)} |")
    return lines
