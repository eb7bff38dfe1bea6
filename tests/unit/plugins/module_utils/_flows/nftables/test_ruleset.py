# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a ruleset says: which chains filter, who keeps a table, what there is ours, and whether anything else changed."""

import copy

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import Jump, new_table, text
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset, describe
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import (
    ACCEPT,
    DROP,
    SSH,
    base_chain,
    chain,
    interface,
    match,
    payload,
    rule,
    state,
    table,
)

OURS = rule({"jump": {"target": "fleet_ports_input"}}, handle=5)


def test_the_chains_that_filter_are_those_of_the_hooks_and_families_of_flows():
    listing = [
        base_chain("drop", "in4", table=("ip", "a")),
        base_chain("drop", hook="prerouting"),
        base_chain("drop", "fwd", "forward", ("ip6", "b")),
        base_chain("drop", table=("bridge", "filter")),
        chain("snat", type="nat", hook="output", prio=0, policy="drop"),
        chain("plain"),
    ]
    assert list(Ruleset(listing).base_chains.items()) == [(("ip", "a", "in4"), "input"), (("ip6", "b", "fwd"), "forward")]


def test_policies_and_rules_are_those_of_the_host():
    ruleset = Ruleset([base_chain("drop"), SSH, OURS, chain("plain")])
    place = ("inet", "filter", "input")
    assert ruleset.policy(place) == "drop"
    assert ruleset.policy(("inet", "filter", "plain")) is None
    assert ruleset.rules(place) == [SSH["rule"]]
    assert not ruleset.is_extended
    assert Ruleset([base_chain("drop"), rule({"xt": {"type": "match", "name": "recent"}}, ACCEPT)]).is_extended


def test_tables_of_other_programs_are_known():
    def manager(*listing, **options):
        ((place, _hook),) = Ruleset(listing).base_chains.items()
        return Ruleset(listing).manager(place, options.get("configured", False))

    of_iptables = ("ip", "filter")
    extension = rule({"xt": {"type": "match", "name": "recent"}}, ACCEPT, table=of_iptables, chain="in")
    assert manager(base_chain("drop", "INPUT", table=of_iptables)) == "iptables"
    assert manager(base_chain("drop", "INPUT", table=of_iptables), configured=True) is None
    assert manager(base_chain("drop", "in", table=of_iptables)) is None
    assert manager(base_chain("drop", "in", table=of_iptables), extension, configured=True) == "iptables"
    assert manager(base_chain("drop", "filter_INPUT", table=("inet", "firewalld"))) == "firewalld"
    assert manager(base_chain("drop", "INPUT")) is None
    assert manager(table(flags=["owner"]), base_chain("drop")) == "the program that owns it"


LISTING = [
    {"metainfo": {"version": "1.0.6"}},
    table(),
    {"set": dict(family="inet", table="filter", name="theirs", type="ipv4_addr", handle=3, elem=["192.0.2.1"])},
    base_chain("drop"),
    rule(payload("tcp", "dport", 22), {"counter": {"packets": 4, "bytes": 300}}, ACCEPT, handle=4),
]


def digest(listing):
    return Ruleset(listing).digest()


def changed(index, **content):
    """Return LISTING with other content of one of its objects."""
    listing = copy.deepcopy(LISTING)
    ((_kind, found),) = listing[index].items()
    found.update(content)
    return listing


def with_counters(*counters):
    return changed(4, expr=[payload("tcp", "dport", 22), {"counter": dict(zip(("packets", "bytes"), counters))}, ACCEPT])


@pytest.mark.parametrize(
    "same",
    [
        with_counters(99, 12345),
        changed(4, handle=40),
        changed(0, version="1.1.0"),
        LISTING + [OURS, chain("fleet_ports_input"), rule(ACCEPT, chain="fleet_ports_input")],
        LISTING[:3] + [{"set": dict(family="inet", table="filter", name="fleet_ports_c_v4", elem=["192.0.2.7"])}] + LISTING[3:],
    ],
    ids=["counters", "handles", "release", "managed chain", "managed set"],
)
def test_what_changes_by_itself_or_is_managed_leaves_the_digest(same):
    assert digest(same) == digest(LISTING)


@pytest.mark.parametrize(
    "other",
    [
        LISTING[:-1],
        LISTING + [rule(DROP)],
        LISTING[:-1] + [rule(DROP), LISTING[-1]],
        changed(2, elem=["192.0.2.1", "192.0.2.2"]),
        changed(3, policy="accept"),
        changed(3, prio=10),
        changed(1, flags=["dormant"]),
        changed(1, name="other"),
        LISTING + [rule({"jump": {"target": "other"}})],
    ],
    ids=["less", "more", "between", "element", "policy", "priority", "dormant", "name", "jump"],
)
def test_what_others_change_changes_the_digest(other):
    assert digest(other) != digest(LISTING)


def test_elements_that_come_and_go_by_themselves_leave_the_digest():
    def banned(flags, *elements):
        return LISTING + [{"set": dict(family="inet", table="filter", name="banned", flags=flags, elem=list(elements))}]

    for flags in (["timeout"], ["dynamic"], ["interval", "timeout"]):
        assert digest(banned(flags, "192.0.2.1")) == digest(banned(flags, "192.0.2.2", "192.0.2.3"))
    assert digest(banned(["interval"], "192.0.2.1")) != digest(banned(["interval"], "192.0.2.2"))


def test_the_order_of_elements_leaves_the_digest():
    """Older releases of nft list them in the order of the kernel, which is another one after each boot."""

    def listed(*elements):
        ports = rule(payload("tcp", "dport", {"set": list(elements)}), ACCEPT)
        return LISTING + [{"set": dict(family="inet", table="filter", name="ports", elem=list(elements))}, ports]

    mixed = [22, {"range": [80, 90]}, {"elem": {"val": 443, "comment": "x"}}]
    assert digest(listed(*mixed)) == digest(listed(*mixed[::-1])) != digest(listed(*mixed[:2]))


def test_jumps_of_ours_stand_at_the_beginning_or_at_the_end():
    def positions(*listing):
        return [jump.first for found in Ruleset(listing).owned({}).tables for jump in found.jumps]

    assert positions(base_chain(), OURS, SSH) == [True]
    assert positions(base_chain(), SSH, OURS) == [False]
    assert positions(base_chain(), OURS) == [False]  # where the host has no rule, the beginning is the end


def test_a_jump_between_other_rules_is_neither_and_has_another_text():
    (found,) = Ruleset([base_chain(), rule(DROP), OURS, SSH]).owned({}).tables
    assert [jump.first for jump in found.jumps] == [None]
    for wanted in (True, False):
        right = found._replace(jumps=[jump._replace(first=wanted) for jump in found.jumps])
        assert text([found]) != text([right])
    assert "\t\tjump fleet_ports_input  # between other rules\n" in text([found])


def test_a_ruleset_without_any_verdict_that_stops_a_packet_is_known():
    assert not Ruleset([table(), base_chain(), SSH]).may_drop()
    assert Ruleset([table(), base_chain("drop"), SSH]).may_drop()
    assert Ruleset([table(), base_chain(), rule(DROP)]).may_drop()


def test_former_tables_are_joined_where_their_chains_still_are():
    ours = new_table("inet", "filter")._replace(
        jumps=[Jump("input", "fleet_ports_input", False), Jump("gone", "fleet_ports_input", False)]
    )
    gone = new_table("ip", "gone")._replace(jumps=[Jump("input", "fleet_ports_input", True)])
    without_jumps = new_table("ip6", "bare")
    assert Ruleset([base_chain()]).joinable([ours, gone, without_jumps]) == [
        ours._replace(jumps=ours.jumps[:1]),
        without_jumps,
    ]


def test_a_table_that_is_dormant_now_is_not_joined():
    ours = new_table("inet", "filter")._replace(jumps=[Jump("input", "fleet_ports_input", False)])
    assert Ruleset([table(), base_chain()]).joinable([ours]) == [ours]
    asleep = Ruleset([table(flags=["dormant"]), base_chain()])
    assert asleep.is_dormant(("inet", "filter")) and not asleep.is_dormant(("ip", "filter"))
    assert asleep.joinable([ours]) == []
    assert asleep.base_chains == {}


def test_interfaces_whose_packets_do_not_take_the_jump_are_read_back():
    def spared(name):
        away = match({"meta": {"key": "iifname"}}, name, "!=")
        jump = rule(away, {"jump": {"target": "fleet_ports_input"}})
        (found,) = Ruleset([base_chain(), jump, SSH]).owned({}).tables
        return found.jumps

    assert spared("eth1") == [Jump("input", "fleet_ports_input", True, ("eth1",))]
    assert spared({"set": ["eth2", "eth1"]}) == [Jump("input", "fleet_ports_input", True, ("eth1", "eth2"))]


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
    (owned_table,) = ruleset.owned({place: text}).tables
    assert owned_table.chains["fleet_ports_input"] == (
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
    (owned_table,) = owned.tables
    assert dict(owned_table.sets) == {
        "fleet_ports_c_v4": ("ip", ("192.0.2.7", "192.0.2.8/31", "192.0.2.10", "198.51.100.0/24"), None),
        "fleet_ports_c_v6": ("ip6", (), 60),
    }
    assert dict(owned_table.chains) == {"fleet_ports_input": ("tcp dport 1 accept",)}
    assert [(jump.chain, jump.first) for jump in owned_table.jumps] == [("input", True), ("input", False)]
    assert owned.handles == {("inet", "filter", "input"): [5, 7]}


def test_what_nft_itself_cannot_name_is_left_to_who_named_it():
    strange = ("inet", "x; flush ruleset")
    found = Ruleset([base_chain("drop", table=strange)]).manager(strange + ("input",), configured=True)
    assert found == "a program that gives it a name which nft itself cannot read"
    listing = [chain("fleet_ports_input; flush ruleset"), chain("fleet_ports_output", table=strange)]
    assert Ruleset(listing).owned({}).tables == []


def test_a_comment_ends_where_it_should():
    assert describe({"expr": [ACCEPT], "comment": 'a" accept\n'}) == 'accept comment "a_ accept_"'
