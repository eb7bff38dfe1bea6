# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a host drops by default, as far as that can be read; what is not understood may drop."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.static_reading import closed_chains
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


def closed(*listing, **configured):
    return closed_chains(Ruleset(listing), lambda place: configured.get("configured", False))


def is_first(*listing):
    """Return whether the jump stands at the beginning of the one chain that is closed."""
    (found,) = closed(*listing)
    return found.first


def test_nothing_is_closed_where_nothing_is():
    assert closed({"metainfo": {}}) == []


def test_a_policy_closes():
    (found,) = closed(base_chain("drop"), SSH)
    assert (found.family, found.table, found.name, found.hook) == ("inet", "filter", "input", "input")
    assert not found.first


def test_a_policy_that_accepts_leaves_open():
    assert closed(base_chain("accept"), SSH) == []


def test_an_empty_rule_drops_nothing():
    assert closed(base_chain("accept"), rule()) == []


LIMIT = {"limit": {"rate": 5, "per": "second"}}
UNCONDITIONAL = [
    rule(DROP),
    rule(COUNTER, LOG, REJECT),
    rule(state("new"), DROP),
    rule(state("invalid", "new"), REJECT),
    rule(LIMIT, DROP),
    rule(match({"meta": {"key": "pkttype"}}, "host"), LIMIT, REJECT),
    rule(match({"meta": {"key": "iifname"}}, "lo", "!="), DROP),
    rule({"queue": None}),
    rule({"what is not known": None}),
]


@pytest.mark.parametrize("policy", ["accept", "drop"])
@pytest.mark.parametrize("dropping", UNCONDITIONAL)
def test_before_a_rule_that_may_drop_whatever_comes_stands_the_jump(policy, dropping):
    assert is_first(base_chain(policy), SSH, dropping, rule(LOG))
    assert is_first(base_chain(policy), dropping, SSH)


OF_SOME_INTERFACE = [rule(interface("eth0"), DROP), rule(match({"meta": {"key": "iifname"}}, "eth1", "!="), COUNTER, REJECT)]


@pytest.mark.parametrize("policy", ["accept", "drop"])
@pytest.mark.parametrize("last", OF_SOME_INTERFACE)
def test_the_last_rule_is_the_default_of_its_interfaces(policy, last):
    assert is_first(base_chain(policy), SSH, last)
    assert is_first(base_chain(policy), SSH, last, rule(LOG))


@pytest.mark.parametrize("early", OF_SOME_INTERFACE)
def test_a_drop_of_an_interface_before_others_is_meant_for_itself(early):
    assert closed(base_chain("accept"), early, SSH) == []
    assert not is_first(base_chain("drop"), early, SSH)
    assert closed(base_chain("accept"), early, rule({"jump": {"target": "elsewhere"}}), chain("elsewhere")) == []


def test_a_jump_of_ours_behind_the_last_drop_does_not_hide_it():
    ours = rule({"jump": {"target": "fleet_ports_input"}})
    assert is_first(base_chain("drop"), SSH, rule(interface("eth0"), DROP), ours)


@pytest.mark.parametrize(
    "explicit",
    [
        rule(state("invalid"), DROP),
        rule(match({"ct": {"key": "state"}}, "invalid"), DROP),
        rule(match({"ct": {"key": "state"}}, {"set": ["invalid", "untracked"]}, "in"), DROP),
        rule(payload("tcp", "dport", 25), DROP),
        rule(payload("ip", "saddr", "203.0.113.9"), REJECT),
        rule(LOG),
        rule(interface("lo"), ACCEPT),
        rule(state_map(established="accept", related="accept", invalid="drop")),
    ],
)
def test_a_rule_that_drops_something_of_its_own_is_none(explicit):
    assert closed(base_chain("accept"), explicit) == []
    assert not is_first(base_chain("drop"), explicit)


@pytest.mark.parametrize("verb", ["jump", "goto"])
def test_to_go_to_a_chain_that_drops_is_a_drop(verb):
    logs, drops = rule(LIMIT, LOG, chain="logdrop"), rule(COUNTER, DROP, chain="logdrop")
    called = [base_chain("accept"), SSH, rule({verb: {"target": "logdrop"}})]
    assert is_first(chain("logdrop"), logs, drops, *called)
    web = rule(payload("tcp", "dport", 80), ACCEPT, chain="logdrop")
    assert is_first(chain("logdrop"), web, drops, *called)
    assert closed(chain("logdrop"), logs, *called) == []  # it logs, and lets come back


def test_to_go_there_for_some_peers_only_is_none():
    quarantine = rule(payload("ip", "saddr", "@banned"), {"goto": {"target": "logdrop"}})
    assert closed(base_chain("accept"), quarantine, chain("logdrop"), rule(DROP, chain="logdrop")) == []


def vmap(left, *entries):
    return {"vmap": {"key": left, "data": {"set": list(entries)}}}


@pytest.mark.parametrize("verb", ["jump", "goto"])
def test_what_an_interface_leads_to_may_drop(verb):
    by_interface = vmap(
        {"meta": {"key": "iifname"}}, ["lo", {"accept": None}], ["eth0", {verb: {"target": "wan"}}]
    )
    listing = [base_chain("accept"), rule(by_interface), chain("wan")]
    assert is_first(*listing, rule(payload("tcp", "dport", 22), ACCEPT, chain="wan"), rule(DROP, chain="wan"))
    assert closed(*listing, rule(payload("tcp", "dport", 22), ACCEPT, chain="wan")) == []


@pytest.mark.parametrize(
    "verdicts",
    [
        {"vmap": {"key": {"ct": {"key": "state"}}, "data": "@x"}},
        state_map(new="drop", established="accept"),
        vmap({"meta": {"key": "iifname"}}, ["eth0", {"drop": None}]),
        vmap({"meta": {"key": "protocol"}}, ["ip", {"drop": None}]),
    ],
    ids=["named map", "new connections", "interface", "protocol"],
)
def test_a_map_of_verdicts_may_drop_if_it_says_so_or_cannot_be_read(verdicts):
    assert is_first(base_chain("accept"), rule(verdicts))


def test_a_map_of_verdicts_for_peers_or_ports_is_none():
    by_peer = vmap({"payload": {"protocol": "ip", "field": "saddr"}}, ["203.0.113.9", {"drop": None}])
    assert closed(base_chain("accept"), rule(by_peer)) == []


def test_chains_that_call_each_other_end():
    first = rule({"jump": {"target": "b"}}, chain="a")
    assert closed(base_chain("accept"), rule({"jump": {"target": "a"}}), first, rule({"jump": {"target": "a"}}, chain="b")) == []


def test_each_chain_of_a_hook_counts():
    places = [base_chain("drop", "in4", table=("ip", "a")), base_chain("drop", "fwd", "forward", ("ip6", "b"))]
    assert [(found.family, found.table, found.name, found.hook) for found in closed(*places)] == [
        ("ip", "a", "in4", "input"),
        ("ip6", "b", "fwd", "forward"),
    ]


def test_other_hooks_types_and_families_are_not_asked():
    listing = [
        base_chain("drop", hook="prerouting"),
        base_chain("drop", table=("bridge", "filter")),
        chain("snat", type="nat", hook="output", prio=0, policy="drop"),
        chain("plain"),
        rule(DROP, chain="plain"),
    ]
    assert closed(*listing) == []


def test_a_table_of_another_program_names_it():
    of_iptables = base_chain("drop", "INPUT", table=("ip", "filter"))
    assert closed(of_iptables)[0].manager == "iptables"
    assert closed(of_iptables, configured=True)[0].manager is None
