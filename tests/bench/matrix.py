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


def figures() -> Iterator[Figure]:
    """All figures of the controller's side."""
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        folder = Path(name)
        yield from _large_fleet(fleets.write(folder / "large.yml", LARGE))
        yield _growth(fleets.write(folder / "small.yml", SMALL), fleets.write(folder / "double.yml", DOUBLE))


def _large_fleet(inventory: Path) -> Iterator[Figure]:
    times = playbook.task_times("large_fleet", inventory)

    def of(task: str) -> list[float]:
        return [time for name, time in times if name == task]

    yield ratio(f"port_matrix of a master with {LARGE:,} named clients", of("Compute, clients named"),
                of("Read one variable of each"), 3, "against map('extract', hostvars, …)")
    yield seconds("port_matrix of a master with nim_client_networks", of("Compute, clients as networks"), 0.2,
                  f"beside {LARGE:,} hosts")
    yield seconds(f"port_matrix with dest: the plans of all {LARGE + 1:,} hosts", of("Compute all"), 20,
                  "beyond loading the inventory")


def _growth(small: Path, double: Path) -> Figure:
    times = {inventory: sum(time for _name, time in playbook.task_times("plan_tasks", inventory))
             for inventory in (small, double)}
    # Twice the fleet, twice the time; the rest is the noise of one measurement.
    return ratio(f"plan tasks of site: {DOUBLE:,} clients against {SMALL:,}", [times[double]], [times[small]], 2.2,
                 "linear is 2")
