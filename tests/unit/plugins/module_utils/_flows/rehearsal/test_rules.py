# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the host: what a dropping rule is for, and which peers and ports rules name."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import (
    ADDRESS,
    INTERFACE,
    OTHER,
    PORT,
    Rules,
    addresses_in,
    names,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP as DROPPED, QUEUE, Drop
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import (
    ACCEPT,
    COUNTER,
    DROP,
    LOG,
    REJECT,
    SSH,
    base_chain,
    chain,
    interface,
    match,
    payload,
    rule,
    state,
    state_map,
)

INPUT, WAN = ("inet", "filter", "input"), ("inet", "filter", "wan")


def meta(key, right, op="=="):
    return match({"meta": {"key": key}}, right, op)


def vmap(key, *entries):
    return {"vmap": {"key": key, "data": {"set": list(entries)}}}


def to(verb, target):
    return {verb: {"target": target}}


SADDR = {"payload": {"protocol": "ip", "field": "saddr"}}
DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}


@pytest.mark.parametrize(
    "parts, kinds",
    [
        ([DROP], set()),
        ([COUNTER, LOG, REJECT], set()),
        ([{"limit": {"rate": 5, "per": "second"}}, DROP], set()),
        ([state("new"), DROP], set()),
        ([meta("pkttype", "host"), REJECT], set()),
        ([meta("l4proto", "tcp"), REJECT], set()),
        ([match({"fib": {"result": "type", "flags": ["daddr"]}}, "broadcast"), DROP], set()),
        ([payload("ip", "protocol", "icmp"), DROP], set()),
        ([match({"payload": {"protocol": "tcp", "field": "flags"}}, "syn"), DROP], set()),
        ([payload("ip", "saddr", "203.0.113.9"), DROP], {ADDRESS}),
        ([payload("ip6", "daddr", {"prefix": {"addr": "2001:db8::", "len": 32}}), DROP], {ADDRESS}),
        ([payload("ip", "saddr", "@banned", "!="), DROP], {ADDRESS}),
        ([payload("ether", "saddr", "02:00:00:00:00:01"), DROP], {ADDRESS}),
        ([match({"&": [SADDR, "255.255.0.255"]}, "10.1.0.9"), DROP], {ADDRESS}),
        ([match({"ct": {"key": "ip saddr", "dir": "original"}}, "203.0.113.9"), DROP], {ADDRESS}),
        ([payload("tcp", "dport", 25), DROP], {PORT}),
        ([payload("th", "sport", {"range": [0, 1023]}), DROP], {PORT}),
        ([match({"concat": [SADDR, DPORT]}, "@pairs"), DROP], {ADDRESS, PORT}),
        ([interface("eth0"), DROP], {INTERFACE}),
        ([meta("oif", "eth0"), DROP], {INTERFACE}),
        ([meta("iifgroup", 7), DROP], {INTERFACE}),
        ([meta("iifname", "eth0", "!="), DROP], {INTERFACE}),
        ([meta("iifname", "lo", "!="), DROP], set()),  # whatever comes from outside
        ([meta("mark", 7), DROP], {OTHER}),
        ([meta("skuid", 1000), DROP], {OTHER}),
        ([meta("hour", {"range": ["22:00", "06:00"]}), DROP], {OTHER}),
        ([match({"ct": {"key": "mark"}}, 7), DROP], {OTHER}),
        ([match({"socket": {"key": "transparent"}}, 1), DROP], {OTHER}),
        ([match({"payload": {"base": "nh", "offset": 96, "len": 32}}, 7), DROP], {OTHER}),
        ([vmap({"meta": {"key": "iifname"}}, ["eth0", to("goto", "wan")])], {INTERFACE}),
        ([vmap(SADDR, ["203.0.113.9", {"drop": None}])], {ADDRESS}),
        ([state_map(established="accept", invalid="drop")], set()),
        ([{"xt": {"type": "match", "name": "set"}}, DROP], {ADDRESS}),
        ([{"xt": {"type": "match", "name": "comment"}}, {"xt": {"type": "target", "name": "REJECT"}}], set()),
        ([{"xt": None}, DROP], set()),
        ([], set()),
    ],
)
def test_what_a_rule_names(parts, kinds):
    assert names(rule(*parts)["rule"]) == kinds


def dropped(handle=None, in_chain="input", way=(), verdict=DROPPED):
    return Drop("inet", "filter", "input", in_chain, handle, list(way), verdict)


def cause(drop, *listing):
    return Rules([base_chain("drop")] + list(listing)).cause(drop)


def test_a_policy_is_a_default():
    found = cause(dropped(), SSH)
    assert (found.base, found.hook, found.chain, found.index, found.names) == (INPUT, "input", INPUT, None, frozenset())
    assert found.telling == (INPUT, None) and found.way == ()


def test_a_rule_that_drops_whatever_reaches_it_is_a_default():
    found = cause(dropped(9), rule(SSH["rule"]["expr"][0], ACCEPT, handle=4), rule(REJECT, handle=9))
    assert (found.index, found.names, found.way) == (1, frozenset(), ((INPUT, 9),))


def test_a_rule_that_names_a_peer_has_a_purpose():
    found = cause(dropped(9, verdict=QUEUE), rule(payload("ip", "saddr", "203.0.113.9"), {"queue": None}))
    assert (found.names, found.telling, found.verdict) == (frozenset([ADDRESS]), (INPUT, 0), QUEUE)


def test_managed_jumps_do_not_count():
    ours = rule(to("jump", "fleet_ports_input"), handle=3)
    spared = rule(meta("iifname", "eth1", "!="), to("jump", "fleet_ports_input"), handle=4)
    assert cause(dropped(9), ours, rule(ACCEPT, handle=5), spared, rule(DROP)).index == 1


def test_what_led_to_a_rule_counts_too():
    """A quarantine that goes to a chain which logs and drops."""
    jump = rule(payload("ip", "saddr", "@banned"), to("jump", "wan"), handle=4)
    found = cause(dropped(9, "wan", [("input", 4)]), rule(LOG), jump, chain("wan"), rule(DROP, chain="wan"))
    assert (found.base, found.chain, found.index) == (INPUT, WAN, 0)
    assert (found.names, found.way) == (frozenset([ADDRESS]), ((INPUT, 4), (WAN, 9)))
    assert found.telling == (INPUT, 1)  # the rule that says which peers


def test_the_end_of_the_chain_of_an_interface_is_its_default():
    led = rule(interface("eth0"), to("goto", "wan"), handle=4)
    accepting = rule(payload("tcp", "dport", 22), ACCEPT, chain="wan", handle=8)
    found = cause(dropped(9, "wan", [("input", 4)]), led, chain("wan"), accepting, rule(DROP, chain="wan"))
    assert (found.names, found.index, found.telling) == (frozenset(), 1, (WAN, 1))


def test_an_interface_from_which_nothing_is_let_in_is_kept_out():
    led = rule(interface("eth1"), to("goto", "wan"), handle=4)
    found = cause(dropped(9, "wan", [("input", 4)]), led, chain("wan"), rule(DROP, chain="wan"))
    assert found.names == {INTERFACE}


def test_where_a_map_tells_interfaces_apart_each_has_its_default():
    led = rule(vmap({"meta": {"key": "iifname"}}, ["eth0", to("goto", "wan")]), handle=4)
    assert cause(dropped(9, "wan", [("input", 4)]), led, chain("wan"), rule(DROP, chain="wan")).names == frozenset()


def test_a_rule_that_names_an_interface_itself_has_a_purpose():
    led = rule(interface("eth0"), to("goto", "wan"), handle=4)
    last = rule(interface("eth0"), DROP, chain="wan")
    accepting = rule(payload("tcp", "dport", 22), ACCEPT, chain="wan", handle=8)
    assert cause(dropped(9, "wan", [("input", 4)]), led, chain("wan"), accepting, last).names == {INTERFACE}
    assert cause(dropped(10), SSH, rule(interface("eth0"), DROP, handle=10)).names == {INTERFACE}


def test_peers_of_a_map_by_interface_and_peer_are_kept_out():
    both = {"concat": [{"meta": {"key": "iifname"}}, SADDR]}
    led = rule(vmap(both, [{"concat": ["eth0", "203.0.113.9"]}, to("goto", "wan")]), handle=4)
    assert ADDRESS in cause(dropped(9, "wan", [("input", 4)]), led, chain("wan"), rule(DROP, chain="wan")).names


def named_set(name, *elements, **more):
    return {more.pop("kind", "set"): dict({"family": "inet", "table": "filter", "name": name, "elem": list(elements)}, **more)}


RANGE = {"range": ["198.51.100.7", "198.51.100.9"]}
NETWORK = {"prefix": {"addr": "203.0.113.0", "len": 24}}


def test_addresses_of_a_cause_are_those_that_its_rules_name():
    sets = [
        named_set("banned", NETWORK, {"elem": {"val": "203.0.114.7", "timeout": 60}}, "2001:db8::7"),
        named_set("other", "203.0.115.7"),
        {"set": {"family": "ip", "table": "filter", "name": "banned", "elem": ["203.0.116.7"]}},
    ]
    jump = rule(payload("ip", "saddr", "@banned"), to("jump", "wan"), handle=4)
    last = rule(payload("ip", "daddr", {"set": ["192.0.2.10", RANGE]}), DROP, chain="wan")
    rules = Rules([base_chain("drop"), chain("wan"), jump, last, rule(payload("ip", "saddr", "203.0.113.99"), DROP)] + sets)
    found = rules.addresses_of(rules.cause(dropped(9, "wan", [("input", 4)])))
    assert found == {
        "203.0.113.0/24", "203.0.114.7", "2001:db8::7", "192.0.2.10", "198.51.100.7-198.51.100.9"
    }  # fmt: skip


def test_addresses_of_a_map_are_found():
    listing = [
        named_set("verdicts", ["203.0.113.9", {"drop": None}], kind="map"),
        rule({"vmap": {"key": SADDR, "data": "@verdicts"}}),
        base_chain(),
    ]
    rules = Rules(listing)
    assert rules.addresses_of(rules.cause(dropped(9))) == {"203.0.113.9"}


def test_all_addresses_are_those_of_rules_sets_and_maps():
    listing = [
        named_set("pairs", {"concat": ["203.0.113.9", 22]}, {"concat": [NETWORK, {"range": [1, 5]}]}),
        named_set("verdicts", ["203.0.114.9", {"drop": None}], kind="map"),
        rule(payload("ip6", "saddr", "2001:db8::7"), DROP),
        rule(payload("ip", "saddr", {"set": ["192.0.2.7", RANGE]}), DROP),
    ]
    assert Rules(listing).addresses() == {
        "203.0.113.9", "203.0.113.0/24", "203.0.114.9", "2001:db8::7", "192.0.2.7", "198.51.100.7-198.51.100.9"
    }  # fmt: skip


@pytest.mark.parametrize(
    "part",
    [
        payload("ether", "saddr", "02:00:00:00:00:01"),
        meta("hour", "10:00"),
        meta("hour", {"range": ["10:00:00", "12:00:00"]}),
        meta("time", {"range": ["2026-07-01 00:00:00", "2026-08-01 00:00:00"]}),
        interface("eth0.100"),
        interface("1.2.3.400"),
        {"log": {"prefix": "dropped: 1.2.3"}},
        payload("ether", "saddr", {"prefix": {"addr": "02:00:00:00:00:00", "len": 24}}),
        {"dup": {"addr": None}},
    ],
)
def test_what_only_looks_like_an_address_is_none(part):
    assert Rules([rule(part, DROP)]).addresses() == set()


def test_addresses_in_the_words_of_iptables():
    text = (
        "-A INPUT -s 203.0.113.0/24 -j DROP\n-A INPUT -m iprange --src-range 192.0.2.7-192.0.2.9 -j DROP\n"
        "-A INPUT -d 198.51.100.9/32 -j DROP\nadd banned 203.0.114.7 timeout 60\n"
        "-A INPUT -m comment --comment 1.2.3.400 -m comment --comment v1.8.9.1 -m comment --comment 10.1.2.3/8\n"
    )
    assert addresses_in(text) == {"203.0.113.0/24", "192.0.2.7-192.0.2.9", "198.51.100.9/32", "203.0.114.7"}


def test_ports_are_those_of_rules_sets_and_maps():
    sport = {"payload": {"protocol": "udp", "field": "sport"}}
    listing = [
        rule(payload("tcp", "dport", 22), ACCEPT),
        rule(payload("udp", "sport", {"set": [53, {"range": [600, 610]}]}), ACCEPT),
        rule(payload("tcp", "dport", "@services"), ACCEPT),
        named_set("services", 80, {"range": [8000, 8080]}, {"elem": {"val": 443}}),
        rule(vmap(sport, [67, {"accept": None}], [{"range": [68, 69]}, to("jump", "x")])),
        rule({"vmap": {"key": DPORT, "data": "@verdicts"}}),
        named_set("verdicts", [123, {"drop": None}], kind="map"),
        rule(match({"concat": [SADDR, DPORT]}, {"set": [{"concat": [NETWORK, 111]}]}), ACCEPT),
        rule(meta("mark", 7), payload("ip", "ttl", 5), payload("tcp", "dport", 0, "!="), ACCEPT),
        rule({"limit": {"rate": 9}}, DROP),
    ]
    assert Rules(listing).ports() == {22, 53, 600, 610, 80, 8000, 8080, 443, 67, 68, 69, 123, 111}


def test_whether_a_chain_accepts_icmp():
    icmp = rule(payload("ip", "protocol", "icmp"), ACCEPT, chain="wan")
    rules = Rules([chain("wan"), icmp, SSH])
    assert rules.accepts_icmp(WAN) and not rules.accepts_icmp(INPUT)


def test_base_chains_are_those_with_a_hook():
    early = chain("in", ("netdev", "early"), type="filter", hook="ingress", dev="eth0", prio=0)
    assert list(Rules([base_chain(), chain("wan"), early]).base_chains) == [INPUT, ("netdev", "early", "in")]
