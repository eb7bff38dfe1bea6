# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port matrix of large fleets: computed on the controller, nothing connected."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import fleets, playbook
from .figures import Figure, ratio, seconds

LARGE = 10_000
SMALL, DOUBLE = 2_000, 4_000
# Linear is 2; Ansible itself forks a process that grows with the fleet for each host.
GROWTH_ALLOWED = 2.4


def figures() -> Iterator[Figure]:
    """All figures of the controller's side."""
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        folder = Path(name)
        yield from _large_fleet(fleets.write(folder / "large.yml", LARGE))
        yield from _growth(fleets.write(folder / "small.yml", SMALL), fleets.write(folder / "double.yml", DOUBLE))


def _large_fleet(inventory: Path) -> Iterator[Figure]:
    run = playbook.run("large_fleet", inventory)
    yield ratio(f"port_matrix of a master with {LARGE:,} named clients", run.times("Compute, clients named"),
                run.times("Read one variable of each"), 3, "against map('extract', hostvars, …)")
    yield seconds("port_matrix of a master with nim_client_networks", run.times("Compute, clients as networks"), 0.2,
                  f"beside {LARGE:,} hosts")
    yield seconds(f"port_matrix with dest: the plans of all {LARGE + 1:,} hosts", run.times("Compute all"), 20,
                  "beyond loading the inventory")


def _growth(small: Path, double: Path) -> Iterator[Figure]:
    """CPU time, because these runs are long and another program's minute would be taken for growth; and memory."""
    plan, bare = (
        [playbook.run(name, inventory).cost for inventory in (double, small)] for name in ("plan_tasks", "bare_task")
    )
    times = [cost.cpu_seconds for cost in plan]
    yield ratio(f"plan tasks of site: {DOUBLE:,} clients against {SMALL:,}", times[:1], times[1:], GROWTH_ALLOWED,
                f"CPU time; a bare set_fact on these hosts grows by {bare[0].cpu_seconds / bare[1].cpu_seconds:.2f} ×")
    for what, costs in (("plan tasks of site", plan), ("a bare set_fact", bare)):
        many, few = (cost.peak_bytes / 1e6 for cost in costs)
        yield Figure(f"memory of the controller for each host, {what}", (many - few) / (DOUBLE - SMALL) * 1e3, None,
                     "kB", f"{many:,.0f} MB with {DOUBLE:,} clients, {few:,.0f} with {SMALL:,}")
