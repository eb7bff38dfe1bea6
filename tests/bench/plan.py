# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``fleet.ports.plan`` and ``fleet.ports.site`` on large inventories, against a play with a single set_fact.

``site`` connects to no host (see connection_plugins/answering.py), so that what is measured is its controller.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import fleets, playbook
from .cost import Cost, cost_of
from .figures import Curve, Figure, ratio

COUNTS = (2_000, 10_000, 50_000)
BOUND = 1.3
BOUND_OF_SITE = 1.0
# A set_fact on 50,000 hosts takes most of an hour: it is stopped when it has taken so many times as long as the plan.
PATIENCE = 2
# Up to which it may take as long as it takes.
WHOLE = 10_000
AXIS = "hosts of the inventory"

SETTINGS = {
    "ANSIBLE_FORKS": "10",
    "ANSIBLE_CONNECTION_PLUGINS": str(playbook.BENCH / "connection_plugins"),
    "ANSIBLE_TRANSPORT": "answering",
    "ANSIBLE_PIPELINING": "true",
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
}


def figures() -> Iterator[Figure | Curve]:
    """Time and memory for each size."""
    plans: dict[int, Cost] = {}
    facts: dict[int, Cost] = {}
    sites: dict[int, Cost] = {}
    loads: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name, playbook.collections() as collections:
        folder = Path(name)
        bare = playbook.BENCH / "playbooks" / "bare_task.yml"
        for count in COUNTS:
            # One of them is the master.
            inventory = fleets.write(folder / "fleet.json", count - 1)
            report = f"fleet_ports_report_dir={folder / str(count)}"
            loads[count] = _play(collections, inventory, bare, "--limit", "master01")
            plans[count] = _play(collections, inventory, "fleet.ports.plan", "-e", report)
            at_most = None if count <= WHOLE else PATIENCE * plans[count].seconds
            facts[count] = _play(collections, inventory, bare, at_most=at_most)
            if count >= WHOLE:
                yield _beside(count, plans[count], facts[count], loads[count])
            if count <= WHOLE:
                sites[count] = _play(collections, inventory, "fleet.ports.site")
    yield from _site(sites, facts)
    yield from _memory(plans, sites, facts)
    for label, costs in (
        ("plan", plans),
        ("site, without a connection", sites),
        ("set_fact on each host", facts),
        ("set_fact on one host", loads),
    ):
        points = [(count, cost) for count, cost in costs.items() if cost.finished]
        yield Curve(AXIS, "seconds", label, [(count, cost.seconds) for count, cost in points])
        yield Curve(AXIS, "MB of the controller", label, [(count, cost.peak_bytes / 1e6) for count, cost in points])


def _beside(count: int, plan: Cost, fact: Cost, load: Cost) -> Figure:
    how = f"plans of all hosts, written as JSON, CSV and Markdown; with --limit on one host set_fact takes {load.seconds:.3g} s"
    if not fact.finished:
        how = f"{how}; set_fact was stopped before it was done, so that the ratio is smaller"
    return ratio(f"plan of {count:,} hosts, against a play with one set_fact", [plan.seconds], [fact.seconds], BOUND, how)


def _site(sites: dict[int, Cost], facts: dict[int, Cost]) -> Iterator[Figure]:
    """The time and memory of site's controller, and how they grow; Ansible's forks grow with the inventory, too."""
    few, many = sites
    how = "no host is connected; CPU time"
    cpu = {count: ([sites[count].cpu_seconds], [facts[count].cpu_seconds]) for count in sites}
    yield ratio(f"site on {many:,} hosts, its controller, against a play with one set_fact", *cpu[many], BOUND_OF_SITE,
                how)
    growth_of_fact = facts[many].cpu_seconds / facts[few].cpu_seconds
    yield ratio(f"site, its controller: {many:,} hosts against {few:,}", cpu[many][0], cpu[few][0], growth_of_fact,
                f"{how}; {many / few:g} × the hosts, and set_fact grows by {growth_of_fact:.2f} ×")
    yield ratio(f"memory of the controller, site on {many:,} hosts, against a play with one set_fact",
                [sites[many].peak_bytes / 1e6], [facts[many].peak_bytes / 1e6], BOUND_OF_SITE, "its largest process", "MB")


def _memory(plans: dict[int, Cost], sites: dict[int, Cost], facts: dict[int, Cost]) -> Iterator[Figure]:
    few, many, most = COUNTS
    for what, costs, first, last in (
        ("plan", plans, many, most),
        ("site", sites, few, many),
        ("a play with one set_fact", facts, few, many),
    ):
        each = (costs[last].peak_bytes - costs[first].peak_bytes) / (last - first)
        how = f"{costs[last].peak_bytes / 1e6:,.0f} MB with {last:,} hosts, {costs[first].peak_bytes / 1e6:,.0f} with {first:,}"
        yield Figure(f"memory of the controller for each host, {what}", each / 1e3, None, "kB", how)


def _play(collections: Path, inventory: Path, play: str | Path, *words: str, at_most: float | None = None) -> Cost:
    settings = SETTINGS | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    argv = [Path(sys.executable).parent / "ansible-playbook", "-i", inventory, play, *words]
    return cost_of(argv, settings, at_most)
