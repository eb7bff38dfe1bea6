# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a ruleset says: where a host drops by default, who keeps a table, and what there is ours."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset, describe

ACCEPT, DROP, REJECT, COUNTER, LOG = {"accept": None}, {"drop": None}, {"reject": None}, {"counter": None}, {"log": {}}


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def payload(protocol, field, right, op="=="):
    return match({"payload": {"protocol": protocol, "field": field}}, right, op)


def state(*states):
    return match({"ct": {"key": "state"}}, list(states), "in")


def interface(name):
    return match({"meta": {"key": "iifname"}}, name)


def chain(name="input", table=("inet", "filter"), **base):
    return {"chain": dict({"family": table[0], "table": table[1], "name": name, "handle": 1}, **base)}


def base_chain(policy="accept", name="input", hook="input", table=("inet", "filter")):
    return chain(name, table, type="filter", hook=hook, prio=0, policy=policy)


def rule(*expr, **place):
    table = place.get("table", ("inet", "filter"))
    whole = {
        "family": table[0],
        "table": table[1],
        "chain": place.get("chain", "input"),
        "handle": place.get("handle", 9),
    }
    return {"rule": dict(whole, expr=list(expr))}


def closed(*listing, **configured):
    return Ruleset(listing).closed_chains(lambda place: configured.get("configured", False))


SSH = rule(payload("tcp", "dport", 22), ACCEPT)


def test_nothing_is_closed_where_nothing_is():
    assert closed({"metainfo": {}}) == []


def test_a_policy_closes():
    (found,) = closed(base_chain("drop"), SSH)
    assert (found.family, found.table, found.name, found.hook) == ("inet", "filter", "input", "input")
    assert found.drop_rule_index is None


def test_a_policy_that_accepts_leaves_open():
    assert closed(base_chain("accept"), SSH) == []


UNCONDITIONAL = [rule(DROP), rule(COUNTER, LOG, REJECT)]
OF_SOME_INTERFACE = [
    rule(interface("eth0"), DROP),
    rule(match({"meta": {"key": "iifname"}}, "lo", "!="), DROP),
    rule(state("new"), DROP),
    rule(state("invalid", "new"), REJECT),
]


@pytest.mark.parametrize("last", UNCONDITIONAL + OF_SOME_INTERFACE)
@pytest.mark.parametrize("policy", ["accept", "drop"])
def test_a_rule_that_drops_whatever_comes_is_the_drop_rule(policy, last):
    (found,) = closed(base_chain(policy), SSH, last, rule(LOG))
    assert found.drop_rule_index == 1


@pytest.mark.parametrize("early", UNCONDITIONAL)
@pytest.mark.parametrize("policy", ["accept", "drop"])
def test_so_it_is_wherever_it_stands(policy, early):
    assert closed(base_chain(policy), early, SSH)[0].drop_rule_index == 0


@pytest.mark.parametrize("early", OF_SOME_INTERFACE)
def test_beside_a_policy_that_drops_an_early_drop_of_an_interface_is_meant_for_itself(early):
    assert closed(base_chain("accept"), early, SSH)[0].drop_rule_index == 0
    assert closed(base_chain("drop"), early, SSH)[0].drop_rule_index is None


def test_a_jump_of_ours_behind_the_last_drop_does_not_hide_it():
    ours = rule({"jump": {"target": "fleet_ports_input"}})
    listing = [base_chain("drop"), SSH, rule(interface("eth0"), DROP), ours]
    assert closed(*listing)[0].drop_rule_index == 1
    (table,) = Ruleset(listing).owned({}).tables
    assert [(jump.first, jump.effective) for jump in table.jumps] == [(True, False)]


@pytest.mark.parametrize(
    "explicit",
    [
        rule(state("invalid"), DROP),
        rule(payload("tcp", "dport", 25), DROP),
        rule(payload("ip", "saddr", "203.0.113.9"), REJECT),
        rule({"limit": {"rate": 5}}, DROP),
        rule(LOG),
        rule(interface("lo"), ACCEPT),
        rule({"vmap": {"key": {"ct": {"key": "state"}}, "data": "@x"}}),
    ],
)
def test_a_rule_that_drops_something_of_its_own_is_none(explicit):
    assert closed(base_chain("accept"), explicit) == []
    assert closed(base_chain("drop"), explicit)[0].drop_rule_index is None


@pytest.mark.parametrize("verb", ["jump", "goto"])
def test_to_go_to_a_chain_that_only_drops_is_a_drop(verb):
    listing = [
        chain("logdrop"),
        rule({"limit": {"rate": 5}}, LOG, chain="logdrop"),
        rule(COUNTER, DROP, chain="logdrop"),
        base_chain("accept"),
        SSH,
        rule({verb: {"target": "logdrop"}}),
    ]
    assert closed(*listing)[0].drop_rule_index == 1
    assert closed(*(listing[:1] + [rule(payload("tcp", "dport", 80), ACCEPT, chain="logdrop")] + listing[1:])) == []
    assert closed(*(listing[:2] + listing[3:])) == []  # it logs, and lets come back


def test_other_hooks_types_and_families_are_not_asked():
    listing = [
        base_chain("drop", hook="prerouting"),
        base_chain("drop", table=("bridge", "filter")),
        chain("snat", type="nat", hook="output", prio=0, policy="drop"),
        chain("plain"),
        rule(DROP, chain="plain"),
    ]
    assert closed(*listing) == []


def test_each_chain_of_a_hook_counts():
    places = [base_chain("drop", "in4", table=("ip", "a")), base_chain("drop", "fwd", "forward", ("ip6", "b"))]
    assert [(found.family, found.table, found.name, found.hook) for found in closed(*places)] == [
        ("ip", "a", "in4", "input"),
        ("ip6", "b", "fwd", "forward"),
    ]


def test_tables_of_other_programs_are_known():
    table = ("ip", "filter")
    extension = rule({"xt": {"type": "match", "name": "recent"}}, ACCEPT, table=table, chain="in")
    assert closed(base_chain("drop", "INPUT", table=table))[0].manager == "iptables"
    assert closed(base_chain("drop", "INPUT", table=table), configured=True)[0].manager is None
    assert closed(base_chain("drop", "in", table=table))[0].manager is None
    assert closed(base_chain("drop", "in", table=table), extension, configured=True)[0].manager == "iptables"
    assert closed(base_chain("drop", "filter_INPUT", table=("inet", "firewalld")))[0].manager == "firewalld"
    assert closed(base_chain("drop", "INPUT"))[0].manager is None


@pytest.mark.parametrize(
    "parts, line",
    [
        ([payload("ip", "saddr", "@fleet_ports_c_v4"), ACCEPT], "ip saddr @fleet_ports_c_v4 accept"),
        ([payload("tcp", "dport", 22), ACCEPT], "tcp dport 22 accept"),
        ([payload("tcp", "dport", {"range": [512, 1023]}), ACCEPT], "tcp dport 512-1023 accept"),
        (
            [payload("udp", "sport", {"set": [2049, {"range": [512, 1023]}, 111]}), ACCEPT],
            "udp sport { 111, 512-1023, 2049 } accept",
        ),
        ([state("related", "established"), ACCEPT], "ct state established,related accept"),
        (
            [match({"ct": {"key": "state"}}, {"set": ["related", "established"]}), ACCEPT],
            "ct state established,related accept",
        ),
        ([interface("eth0"), ACCEPT], 'iifname "eth0" accept'),
        ([interface({"set": ["eth1", "eth0"]}), ACCEPT], 'iifname { "eth0", "eth1" } accept'),
        ([match({"meta": {"key": "l4proto"}}, "udp"), ACCEPT], "meta l4proto udp accept"),
    ],
)
def test_our_own_kinds_of_rule_are_described_as_they_are_written(parts, line):
    assert describe({"expr": parts}) == line
    assert describe({"expr": parts, "comment": "x"}) == line + ' comment "x"'


@pytest.mark.parametrize(
    "part",
    [
        payload("tcp", "dport", 22, "!="),
        {"counter": {"packets": 1}},
        DROP,
        {"payload": {}},
        payload("ip", "saddr", {"set": [{"x": 1}]}),
    ],
)
def test_a_foreign_rule_is_not_taken_for_a_managed_one(part):
    assert describe({"expr": [part, ACCEPT]}) is None


def test_a_foreign_rule_in_a_managed_chain_appears_as_nft_lists_it():
    foreign = rule({"counter": {}}, ACCEPT, chain="fleet_ports_input", handle=12)
    listing = [chain("fleet_ports_input"), rule(payload("tcp", "dport", 1), ACCEPT, chain="fleet_ports_input"), foreign]
    ruleset = Ruleset(listing + [chain("fleet_ports_output"), base_chain()])
    (place,) = ruleset.edited()
    assert place == ("inet", "filter", "fleet_ports_input")
    text = 'table x {\n\tchain y { # handle 1\n\t\ttcp dport 1 # handle 9\n\t\tcounter log prefix "# handle 3" # handle 12\n'
    (table,) = ruleset.owned({place: text}).tables
    assert table.chains["fleet_ports_input"] == (
        "tcp dport 1 accept",
        'counter log prefix "# handle 3"',
    )


def test_what_is_ours_is_found_in_every_table():
    place = {"family": "inet", "table": "filter"}
    elements = ["192.0.2.7", {"prefix": {"addr": "198.51.100.0", "len": 24}}, {"range": ["192.0.2.8", "192.0.2.9"]}]
    timed = {"elem": {"val": "192.0.2.10", "timeout": 60}}
    listing = [
        {"set": dict(place, name="theirs", type="ipv4_addr", elem=["192.0.2.1"])},
        {"set": dict(place, name="fleet_ports_c_v4", type="ipv4_addr", elem=elements + [timed])},
        {"set": dict(place, name="fleet_ports_c_v6", type="ipv6_addr", timeout=60)},
        base_chain("accept"),
        chain("fleet_ports_input"),
        rule({"jump": {"target": "fleet_ports_input"}}, handle=5),
        rule(DROP),
        rule({"jump": {"target": "fleet_ports_input"}}, handle=7),
        rule(payload("tcp", "dport", 1), ACCEPT, chain="fleet_ports_input"),
    ]
    owned = Ruleset(listing).owned({})
    (table,) = owned.tables
    assert dict(table.sets) == {
        "fleet_ports_c_v4": ("ip", ("192.0.2.7", "192.0.2.8/31", "192.0.2.10", "198.51.100.0/24"), None),
        "fleet_ports_c_v6": ("ip6", (), 60),
    }
    assert dict(table.chains) == {"fleet_ports_input": ("tcp dport 1 accept",)}
    assert [(jump.chain, jump.first, jump.effective) for jump in table.jumps] == [
        ("input", True, True),
        ("input", True, False),
    ]
    assert owned.handles == {("inet", "filter", "input"): [5, 7]}


def test_what_nft_itself_cannot_name_is_left_to_who_named_it():
    table = ("inet", "x; flush ruleset")
    (found,) = closed(base_chain("drop", table=table))
    assert found.manager == "a program that gives it a name which nft itself cannot read"
    listing = [chain("fleet_ports_input; flush ruleset"), chain("fleet_ports_output", table=table)]
    assert Ruleset(listing).owned({}).tables == []


def test_a_comment_ends_where_it_should():
    assert describe({"expr": [ACCEPT], "comment": 'a" accept\n'}) == 'accept comment "a_ accept_"'
