# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles by the inventory's groups, and the stages of a run."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import DEFAULT_GROUPS
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import (
    hosts_of_stage,
    read_role_groups,
    read_roles,
)

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
    assert hosts_of_stage(GROUPS, read_role_groups("test", {}), stage) == hosts


def test_groups_of_one_s_own():
    role_groups = read_role_groups("test", {"nim_master": ["bmc_hosts"]})
    assert hosts_of_stage(GROUPS, role_groups, "servers") == ["g", "n", "b"]


def test_an_unknown_stage():
    with pytest.raises(MatrixError) as error:
        hosts_of_stage(GROUPS, read_role_groups("test", {}), "masters")
    assert str(error.value) == "Unknown stage 'masters'. The stages are servers, clients, rest."


def test_roles_are_in_the_order_of_the_catalog():
    assert read_roles("port_matrix", "bmc_host, nim_master") == ("nim_master", "bmc_host")


def test_an_unknown_role_is_named_with_those_there_are():
    with pytest.raises(MatrixError) as error:
        read_roles("port_matrix", ["nim_mastr"])
    assert str(error.value).startswith("port_matrix: Unknown role 'nim_mastr'. The roles are nim_master, nim_client,")


def test_groups_that_are_not_named_keep_their_defaults():
    groups = read_role_groups("Host h", {"nim_master": "masters", "nim_client": ["lpars", "vios"]})
    assert groups["nim_master"] == ("masters",)
    assert groups["nim_client"] == ("lpars", "vios")
    assert groups["bmc_host"] == (DEFAULT_GROUPS["bmc_host"],)


@pytest.mark.parametrize(
    "value, part",
    [
        (["nim_masters"], "set it to a mapping of role to list of groups"),
        ({"nim_mastr": []}, "fleet_ports_groups: Unknown role 'nim_mastr'"),
        ({"nim_master": {"a": 1}}, "fleet_ports_groups.nim_master is {'a': 1}; set it to a list"),
    ],
)
def test_groups_that_cannot_be_read(value, part):
    with pytest.raises(MatrixError) as error:
        read_role_groups("Host h", value)
    assert part in str(error.value)
