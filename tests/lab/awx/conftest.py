# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What jobs of AWX start from: three hosts, and an AWX whose inventory has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.awx import objects
from tests.awx.launcher import Launcher, synchronized

INVENTORY = {
    "nim_masters": {"hosts": {"master01": {"ansible_host": "192.0.2.10"}}},
    "nim_gateways": {
        "hosts": {
            "gateway01": {"ansible_host": "192.0.2.1", "fleet_ports_addresses": ["192.0.2.1", "198.51.100.1"]},
        }
    },
    "nim_clients": {"hosts": {"client02": {"ansible_host": "198.51.100.12"}}},
    "all": {"vars": {"nim_concurrent_operations": 2}},
}


@pytest.fixture(scope="session")
def lab_hosts() -> tuple[str, ...]:
    """A master, a client, and what is between them."""
    return ("master01", "gateway01", "client02")


@pytest.fixture(name="reports", scope="session")
def fixture_reports(tmp_path_factory) -> Path:
    """The folder that AWX shows to all jobs."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="session")
def awx(lab, reports, tmp_path_factory) -> Callable[..., Launcher]:
    """An AWX with this inventory, or another one; keywords are variables of the environment of jobs."""
    found = objects.load(fleet_ports_awx_report_dir=str(reports), fleet_ports_awx_slices=2)

    def make(inventory: Mapping[str, Any] | None = None, **environment: str) -> Launcher:
        def command(argv):
            words, variables = lab.controller.ansible(argv)
            return words, {**variables, **environment}

        folder = tmp_path_factory.mktemp("awx")
        source = folder / "inventory.json"
        source.write_text(json.dumps(inventory or INVENTORY))
        return Launcher(found, synchronized(source, command), command, folder)

    return make
