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
        yield _growth(fleets.write(folder / "small.yml", SMALL), fleets.write(folder / "double.yml", DOUBLE))


def _large_fleet(inventory: Path) -> Iterator[Figure]:
    run = playbook.run("large_fleet", inventory)
    yield ratio(f"port_matrix of a master with {LARGE:,} named clients", run.times("Compute, clients named"),
                run.times("Read one variable of each"), 3, "against map('extract', hostvars, …)")
    yield seconds("port_matrix of a master with nim_client_networks", run.times("Compute, clients as networks"), 0.2,
                  f"beside {LARGE:,} hosts")
    yield seconds(f"port_matrix with dest: the plans of all {LARGE + 1:,} hosts", run.times("Compute all"), 20,
                  "beyond loading the inventory")


def _growth(small: Path, double: Path) -> Figure:
    """CPU time, because these runs are long and another program's minute would be taken for growth."""
    plan, bare = (
        [playbook.run(name, inventory).cost.cpu_seconds for inventory in (double, small)]
        for name in ("plan_tasks", "bare_task")
    )
    return ratio(f"plan tasks of site: {DOUBLE:,} clients against {SMALL:,}", plan[:1], plan[1:], GROWTH_ALLOWED,
                 f"CPU time; a bare set_fact on these hosts grows by {bare[0] / bare[1]:.2f} ×")
