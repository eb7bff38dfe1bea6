# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script for AIX has the rules that firewall_flows would define, each as one start of genfilt."""

from __future__ import annotations

import shlex

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import genfilt_script
from ansible_collections.fleet.ports.plugins.plugin_utils._export.genfilt_script import Compiler


def commands(script):
    lines = [line.strip() for line in script.splitlines() if line.startswith("    genfilt ")]
    assert all(line.endswith(" || return 1") for line in lines)
    return [shlex.split(line)[:-3] for line in lines]


@pytest.mark.parametrize("host", ["m", "c"])
def test_the_rules_are_those_of_the_host_in_their_order(pair, host):
    plan = pair(host, m={"fleet_ports_addresses": ["192.0.2.1", "2001:db8::1"]},
                c={"fleet_ports_addresses": ["198.51.100.1", "2001:db8:1::1"]})  # fmt: skip
    rules = aix_rules.rules(flow_rules.opening(plan["flows"], plan["peers"], plan["interfaces"]))
    wanted = [genfilt.insert(family, rule) for family in (4, 6) for rule in rules[family]]
    assert commands(Compiler().script(plan)) == wanted
    assert {command[2] for command in wanted} == {"4", "6"}


def test_equal_hosts_are_compiled_once(pair, monkeypatch):
    compiled = []
    rules = aix_rules.rules
    monkeypatch.setattr(aix_rules, "rules", lambda opening: compiled.append(opening) or rules(opening))
    compiler, plan = Compiler(), pair("c")
    first, second = (compiler.script({**plan, "host": name}) for name in ("a", "b"))
    assert commands(first) == commands(second) and len(compiled) == 1
    assert "# Opens the flows of b (" in second


def test_a_family_without_rules_does_nothing(pair):
    assert "open_6() {\n    :\n}" in Compiler().script(pair("c"))


def test_no_flow_no_script(pair):
    assert Compiler().script({**pair("c"), "flows": []}) is None


def test_too_many_rules(pair, monkeypatch):
    monkeypatch.setattr(genfilt_script.flow_rules, "MAX_RULES", 3)
    with pytest.raises(MatrixError, match=r"^Host c: its flows need \d+ IP filter rules, and the limit is 3\. Set nim_"):
        Compiler().script(pair("c"))
