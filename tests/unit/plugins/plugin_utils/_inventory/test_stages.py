# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stages of a run."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.stages import hosts_of_stage

GROUPS = {
    "all": ["plain", "c", "m", "g", "n", "b"],
    "nim_masters": ["m"],
    "nim_clients": ["c", "m"],
    "nim_gateways": ["g"],
    "pinned_nfs_servers": ["n"],
    "bmc_hosts": ["b", "n"],
}


@pytest.mark.parametrize(
    "stage, hosts",
    [("servers", ["m", "g", "n"]), ("clients", ["c", "b"]), ("rest", ["plain", "c", "b"])],
)
def test_stages(stage, hosts):
    assert hosts_of_stage(GROUPS, schema.read_groups("test", {}), stage) == hosts


def test_groups_of_one_s_own():
    role_groups = schema.read_groups("test", {"nim_master": ["bmc_hosts"]})
    assert hosts_of_stage(GROUPS, role_groups, "servers") == ["g", "n", "b"]


def test_an_unknown_stage():
    with pytest.raises(MatrixError) as error:
        hosts_of_stage(GROUPS, schema.read_groups("test", {}), "masters")
    assert str(error.value) == "'masters' is no stage; the stages are servers, clients, rest."
