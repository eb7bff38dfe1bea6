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


def figures() -> Iterator[Figure]:
    """The figures of one master's task beside many hosts."""
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        run = playbook.run("large_fleet", fleets.write(Path(name) / "large.yml", LARGE))
    yield ratio(f"port_matrix of a master with {LARGE:,} named clients", run.times("Compute, clients named"),
                run.times("Read one variable of each"), 3, "against map('extract', hostvars, …)")
    yield seconds("port_matrix of a master with nim_client_networks", run.times("Compute, clients as networks"), 0.2,
                  f"beside {LARGE:,} hosts")
    yield seconds(f"port_matrix with dest: the plans of all {LARGE + 1:,} hosts", run.times("Compute all"), 20,
                  "beyond loading the inventory")
