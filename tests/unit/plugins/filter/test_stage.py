# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet.ports.stage."""

from __future__ import annotations

import pytest
from ansible import context
from ansible.errors import AnsibleFilterError

from ansible_collections.fleet.ports.plugins.filter.stage import FilterModule

STAGE = FilterModule().filters()["stage"]
GROUPS = {"all": ["plain", "c", "m"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c"]}


def hostvars(**variables):
    return {"plain": variables, "c": {}, "m": {}}


@pytest.mark.parametrize("name, hosts", [("servers", ["m"]), ("clients", ["c"]), ("rest", ["plain", "c"])])
def test_the_hosts_of_a_stage(name, hosts):
    assert STAGE(GROUPS, name, hostvars()) == hosts


@pytest.mark.parametrize("scope, hosts", [("all", ["c"]), ("nim_clients:m", ["c"]), ("all:!c", [])])
def test_a_scope_leaves_hosts_out(scope, hosts):
    assert STAGE(GROUPS, "clients", hostvars(), scope) == hosts


def test_groups_of_the_inventory_s_own():
    assert STAGE(GROUPS, "servers", hostvars(fleet_ports_groups={"nim_gateway": "ungrouped"})) == ["plain", "m"]


def test_hostvars_that_are_not_known_yet_are_an_error():
    with pytest.raises(AnsibleFilterError, match="add a play for all hosts, without tasks, before this one"):
        STAGE(GROUPS, "servers", {})


@pytest.mark.parametrize("option", ["syntax", "listhosts"])
def test_hostvars_are_never_known_where_nothing_runs(option, monkeypatch):
    monkeypatch.setattr(context, "CLIARGS", {option: True})
    assert STAGE(GROUPS, "servers", {}) == ["m"]


def test_an_inventory_without_hosts():
    assert STAGE({"all": [], "ungrouped": []}, "servers", {}) == []


@pytest.mark.parametrize("name, variables", [("masters", {}), ("servers", {"fleet_ports_groups": {"mastr": []}})])
def test_errors_are_the_filter_s(name, variables):
    with pytest.raises(AnsibleFilterError, match="fleet.ports.stage: .*Unknown .* 'mast.*'"):
        STAGE(GROUPS, name, hostvars(**variables))
