# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a plan."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import concerns_of

NIM = {"nim_masters": ["m"], "nim_clients": ["c"]}
HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}}


@pytest.mark.parametrize(
    "groups, concerns",
    [
        ({}, []),
        ({"bmc_hosts": ["m"]}, ["services", "holds"]),
        ({"nim_masters": ["m"]}, ["services", "pins"]),
        ({**NIM, "bmc_hosts": ["m"]}, ["services", "holds", "pins", "flows"]),
        ({"pinned_nfs_clients": ["m"], "pinned_nfs_servers": ["c"]}, ["flows"]),
        # Roles that ask for nothing, and yet the host may have what they asked for once.
        ({"nim_gateways": ["m"]}, ["services"]),
        ({"pinned_nfs_clients": ["m"]}, ["services"]),
    ],
)
def test_concerns(plan, groups, concerns):
    assert concerns_of(plan("m", groups, HOSTS)) == concerns
