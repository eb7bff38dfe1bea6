# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script for nft has the rules that firewall_flows would load, and nothing that a shell takes for its own."""

from __future__ import annotations

import subprocess

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script as _nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import Chain
from ansible_collections.fleet.ports.plugins.plugin_utils._export import nft_script as _host_script_nft


def test_the_rules_are_those_of_the_host(pair):
    plan = pair("c", bmc=True)
    opening = flow_rules.opening(plan["flows"], plan["peers"], plan["interfaces"])
    script = _host_script_nft.script(plan)
    for hook in ("input", "output"):
        for line in _nft_script.chain_lines(Chain("inet", "filter", hook, hook, False, (), None), opening):
            assert f"\t\t{line}\n" in script
    assert "for hook in input output; do" in script
    assert 'echo "insert rule inet filter $hook jump fleet_ports_$hook"' in script


def test_no_flow_no_script(pair):
    assert _host_script_nft.script({**pair("c"), "flows": []}) is None


def test_a_plain_shell_reads_it(pair):
    subprocess.run(["sh", "-n"], input=_host_script_nft.script(pair("m")).encode(), check=True)
