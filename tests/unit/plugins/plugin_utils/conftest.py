# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small fleets for the tests of the controller side."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request

MASTER = {"ansible_host": "192.0.2.1"}
CLIENT = {"ansible_host": "198.51.100.1"}


@pytest.fixture
def fleet():
    """Build a fleet from groups and variables; keywords are options of the task."""

    def build(groups, variables, **options):
        role_groups = read_role_groups("test", {})
        return Fleet(groups, role_groups, lambda host: variables[host], Request({"on_conflict": "report", **options}))

    return build


@pytest.fixture
def plan(fleet):
    """The plan of one host of such a fleet."""

    def compute(host, groups, variables, **options):
        return fleet(groups, variables, **options).plan(host)

    return compute


@pytest.fixture
def pair(plan):
    """The plan of a master m or its one client c; keywords are variables of the client or, with m=…, of the master."""

    def compute(host, m=None, c=None, bmc=False, **options):
        groups = {"nim_masters": ["m"], "nim_clients": ["c"], "bmc_hosts": ["c"] if bmc else []}
        return plan(host, groups, {"m": {**MASTER, **(m or {})}, "c": {**CLIENT, **(c or {})}}, **options)

    return compute
