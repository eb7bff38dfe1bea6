# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands name every field of a rule, and the simulated genfilt understands each of them."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.lsfilt import Rule, table
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.lab.aix.host import Host

RULE = Rule(
    "deny", "198.51.100.0", "255.255.255.0", "192.0.2.10", "255.255.255.255", "no", "tcp/ack", "ge", "513", "neq", "22",
    "route", "both", "yes", "unfragmented packets only", "0", "en1", "7", "Pattern", "0xfe", "a mark",
)  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"action": "permit", "source_routing": "yes", "log": "no"},
        {"routing": "local", "direction": "inbound", "fragments": "all packets"},
        {"routing": "both", "direction": "outbound", "fragments": "fragments and fragment headers only"},
        {"fragments": "fragment headers and unfragmented packets only", "expiration": "0"},
        {"pattern_type": "Pattern File", "pattern": "/tmp/pattern"},
        {"pattern_type": "Anti-Virus Patterns", "pattern": "/tmp/virus"},
        {"pattern_type": "", "pattern": "", "tunnel": "3", "interface": "all", "description": ""},
    ],
)
def test_what_is_inserted_is_listed(tmp_path, changes):
    host = Host.install(tmp_path)
    rule = RULE._replace(**changes)
    assert host.run(genfilt.insert(4, rule)).code == 0
    assert table(host.run(["lsfilt", "-v4", "-O"]).output).lines[-1].rule == rule


def test_an_ipv6_rule_is_listed_likewise(tmp_path):
    host = Host.install(tmp_path)
    rule = RULE._replace(source="2001:db8::", source_mask="64", destination="::", destination_mask="0")
    assert host.run(genfilt.insert(6, rule, before=1)).code == 0
    assert table(host.run(["lsfilt", "-v6", "-O"]).output).lines[0].rule == rule


def test_a_removed_rule_is_gone(tmp_path):
    host = Host.install(tmp_path)
    host.run(genfilt.insert(4, RULE))
    assert host.run(genfilt.remove(4, 3)).code == 0
    assert len(table(host.run(["lsfilt", "-v4", "-O"]).output).lines) == 2


def test_a_word_without_a_flag_is_an_error():
    with pytest.raises(HostError, match="genfilt has no flag for 'sideways' of the rule deny|"):
        genfilt.insert(4, RULE._replace(direction="sideways"))
