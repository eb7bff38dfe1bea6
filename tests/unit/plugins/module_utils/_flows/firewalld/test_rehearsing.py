# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal on a host with firewalld: what others drop, whom the administrator keeps out, and what it has made."""

from types import SimpleNamespace

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import rehearsing
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.filters import Filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import inside
from ansible_collections.fleet.ports.tests.unit.fakes import small_host

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
OPENING = opening([FLOW], {"c": ["198.51.100.0/24"]}, [])
HOST = SimpleNamespace(run=small_host.run, find=small_host.find)
SETTINGS = Settings(None, None, "192.0.2.254 40000 192.0.2.10 22", "fail", inside)

# Like what firewalld makes of its zone "public", with a rich rule.
FIREWALLD = """\
table inet firewalld {
\tchain filter_INPUT {
\t\ttype filter hook input priority filter + 10; policy accept;
\t\tct state established,related accept
\t\tjump filter_INPUT_POLICIES_pre
\t\tjump filter_IN_public
\t\treject with icmpx admin-prohibited
\t}

\tchain filter_INPUT_POLICIES_pre {
\t\t%s
\t}

\tchain filter_IN_public {
\t\tjump filter_IN_public_deny
\t\ttcp dport 22 accept
\t\tmeta l4proto icmp accept
\t}

\tchain filter_IN_public_deny {
\t\t%s
\t}

\t%s
}
"""
OPENED = """chain filter_IN_policy_fleet-ports-in_allow {
\t\tudp dport 69 accept
\t}
"""


def of_firewalld(policies="", denied="", more=""):
    lines = (FIREWALLD % (policies, denied, more)).splitlines()
    return "".join(line + "\n" for line in lines if line.strip())


def rehearsed(function, rules):
    small_host.require("nft")
    return small_host.inside(function, rules)


def before(rules):
    return rehearsed(lambda: rehearsing.before(HOST, SETTINGS, OPENING), rules)


def after(rules, left_out=()):
    return rehearsed(lambda: rehearsing.after(HOST, SETTINGS, OPENING, list(left_out)), rules)


def test_what_firewalld_itself_drops_by_default_is_no_obstacle():
    found = before(of_firewalld())
    assert (found["left_out"], found["blocked"], found["management"]) == ([], [], [])
    assert "input" in found["enforced"]


def test_a_peer_whom_a_rich_rule_keeps_out_is_left_out():
    found = before(of_firewalld(denied="ip saddr 198.51.100.7 drop"))
    assert found["left_out"] == ["198.51.100.7"]
    (entry,) = found["blocked"]
    assert (entry["rule"], entry["owner"], entry["fatal"]) == ("ip saddr 198.51.100.7 drop", "firewalld", False)


def test_a_policy_that_comes_first_is_told_before_the_change():
    found = before(of_firewalld(policies="udp dport 69 drop"))
    assert found["left_out"] == []
    assert {(entry["rule"], entry["fatal"]) for entry in found["blocked"]} == {("udp dport 69 drop", True)}


def test_another_closed_table_beside_firewalld_is_told_before_the_change():
    beside = "table inet site {\nchain c {\ntype filter hook input priority 0; policy drop;\ntcp dport 22 accept\n}\n}\n"
    found = before(of_firewalld() + beside)
    (entry,) = found["blocked"]
    assert (entry["table"], entry["rule"], entry["owner"], entry["fatal"]) == ("inet site", "policy drop", "", True)


def test_after_the_change_the_flows_pass():
    jump = "jump filter_IN_policy_fleet-ports-in_allow"
    found = after(of_firewalld(policies=jump, more=OPENED))
    assert (found["blocked"], found["management"]) == ([], [])
    found = after(of_firewalld(policies=jump + "\n\t\tdrop", more=OPENED))
    assert found["blocked"] == [] and found["management"]


def test_after_a_change_that_opened_nothing_the_rule_is_named():
    found = after(of_firewalld())
    assert {(entry["rule"], entry["owner"]) for entry in found["blocked"]} == {
        ("reject with icmpx admin-prohibited", "firewalld")
    }
    assert after(of_firewalld(), OPENING.peers["c"]["ip"])["blocked"] == []  # nobody is left to whom it could be open


@pytest.fixture(name="rules")
def fixture_rules(monkeypatch):
    """Return the text of the rules that a host lists, as ``rules(nft, saved)``."""

    def read(nft, saved=()):
        monkeypatch.setattr(filters, "read", lambda run, find: Filters(nft, list(saved)))
        return rehearsing.rules(HOST)

    return read


def test_what_is_managed_and_counted_is_no_part_of_the_rules(rules):
    managed = OPENED + "\n\tset fports-c {\n\t\ttype ipv4_addr\n\t}\n"
    jump = "jump filter_IN_policy_fleet-ports-in_allow"
    assert rules(of_firewalld(jump, "counter packets 1 bytes 2 drop", managed)) == rules(
        of_firewalld("", "counter packets 77 bytes 88 drop")
    )


def test_what_others_change_is_part_of_them(rules):
    saved = [(["iptables-restore"], "*filter\n:INPUT ACCEPT [1:2]\nCOMMIT\n")]
    assert rules(of_firewalld()) != rules(of_firewalld(denied="ip saddr 198.51.100.7 drop"))
    assert rules(of_firewalld(), saved) != rules(of_firewalld())
    assert rules(of_firewalld(), saved) == rules(of_firewalld(), [(saved[0][0], saved[0][1].replace("[1:2]", "[9:9]"))])
