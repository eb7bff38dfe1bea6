# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocked flows: by which rule, in the host's own words, and whether a run may go on."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import blocked, legacy
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.blocked import Blocked, packet
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.filters import Filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import Probe
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.probes import Trial
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import Rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP as DROPPED, QUEUE, Drop
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import (
    DROP,
    REJECT,
    base_chain,
    chain,
    interface,
    payload,
    rule,
)

NFT = """\
table inet other {
\tchain input {
\t\ttype filter hook input priority filter; policy accept;
\t\tmeta l4proto tcp accept
\t}
}
table inet filter {
\tcomment "of the site"

\tchain wan {
\t\tcomment "from outside"
\t\tcounter packets 5 bytes 300 drop
\t}

\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tip saddr 198.51.100.7 counter packets 3 bytes 90 drop
\t\tiifname "eth0" jump wan
\t\treject with icmpx admin-prohibited
\t}
}
"""
LISTING = [
    base_chain("drop"),
    rule(payload("ip", "saddr", "198.51.100.7"), DROP, handle=4),
    rule(interface("eth0"), {"jump": {"target": "wan"}}, handle=5),
    rule(REJECT, handle=6),
    chain("wan"),
    rule(DROP, chain="wan", handle=7),
]
NAMED, BY_RULE, IN_WAN, POLICY = (
    Drop("inet", "filter", "input", "input", 4, [], DROPPED),
    Drop("inet", "filter", "input", "input", 6, [], DROPPED),
    Drop("inet", "filter", "input", "wan", 7, [("input", 5)], DROPPED),
    Drop("inet", "filter", "input", "input", None, [], DROPPED),
)
OPENING = NOTHING._replace(peers={"c": {"ip": ["198.51.100.0/24"], "ip6": ["2001:db8:2::/64"]}})


class Stage:
    """A stage with these rules, on which all arrives by eth0."""

    def __init__(self, listing):
        self.rules = Rules(listing)

    @staticmethod
    def interface(_probe):
        return "eth0"


def trial(peer="198.51.100.7", flows=("tftp",), port=69):
    own = "2001:db8::10" if ":" in peer else "192.0.2.10"
    return Trial(Probe("input", "udp", peer, 1024, own, port, 2), tuple(flows), (peer,), False)


def listed(verdicts, **options):
    """Return the entries for ``[(trial, Drop, None or UNKNOWN)]``."""
    stage = Stage(options.get("listing", LISTING))
    causes = {each: stage.rules.cause(drop) if isinstance(drop, Drop) else drop for each, drop in verdicts}
    loaded = Filters(options.get("nft", NFT), options.get("saved", []))
    manager = options.get("manager", lambda place: None)
    unanswered = {each: stage.rules.cause(drop) for each, drop in options.get("unanswered", [])}
    return Blocked(stage, loaded, OPENING, manager, options.get("left_out")).listed(causes, unanswered)


def test_what_passes_is_not_blocked():
    assert listed([(trial(), None)]) == []


@pytest.mark.parametrize("drop, fatal", [(POLICY, True), (NAMED, False)])
def test_a_flow_whose_answers_are_dropped_is_blocked(drop, fatal):
    """Where a rule names the peer, the flow is open to the others, as its packets are."""
    (entry,) = listed([(trial(), None)], unanswered=[(trial(), drop)])
    assert (entry["flow"], entry["packet"], entry["fatal"]) == ("tftp", "udp 198.51.100.7:1024 > 192.0.2.10:69", fatal)


def test_a_rule_that_names_some_peers_is_reported_and_nothing_more():
    found = listed([(trial(), NAMED), (trial("198.51.100.8"), None)])
    assert found == [
        dict(
            flow="tftp", packet="udp 198.51.100.7:1024 > 192.0.2.10:69", interface="eth0", peers=["198.51.100.7"],
            hook="input", table="inet filter", chain="input", rule="ip saddr 198.51.100.7 counter drop", owner="", fatal=False,
        )
    ]  # fmt: skip


def test_a_rule_that_stops_all_that_was_tried_is_fatal_even_if_it_names_peers():
    (found,) = listed([(trial(), NAMED)])
    assert (found["fatal"], found["peers"]) == (True, ["198.51.100.7"])


def test_of_two_flows_each_is_judged_by_itself():
    both = trial(flows=("tftp", "nfs"))
    found = listed([(both, NAMED), (trial("198.51.100.8"), None)])
    assert {entry["flow"]: entry["fatal"] for entry in found} == {"tftp": False, "nfs": True}
    assert [entry["flow"] for entry in found] == ["nfs", "tftp"]  # what is fatal comes first


@pytest.mark.parametrize(
    "drop, quoted",
    [(BY_RULE, "reject with icmpx admin-prohibited"), (POLICY, "policy drop")],
)
def test_a_default_that_was_not_overruled_is_fatal(drop, quoted):
    (found,) = listed([(trial(), drop), (trial("198.51.100.8"), None)])
    assert (found["fatal"], found["rule"], found["peers"], found["chain"]) == (True, quoted, [], "input")


def test_peers_that_were_left_out_are_dropped_by_default_for_a_purpose():
    (found,) = listed([(trial(), POLICY), (trial("198.51.100.8"), None)], left_out={"input": ["198.51.100.0/29"]})
    assert (found["fatal"], found["peers"]) == (False, ["198.51.100.7"])
    for others in ({"input": ["203.0.113.0/24"]}, {"output": ["198.51.100.0/29"]}):
        (found,) = listed([(trial(), POLICY), (trial("198.51.100.8"), None)], left_out=others)
        assert found["fatal"]


def test_one_rule_is_one_entry_with_all_its_peers():
    named = [rule(payload("ip", "saddr", {"set": ["198.51.100.7", "198.51.100.9"]}), DROP, handle=4)]
    found = listed(
        [(trial(), NAMED), (trial(port=70), NAMED), (trial("198.51.100.9"), NAMED), (trial("198.51.100.8"), None)],
        listing=[base_chain("drop")] + named,
    )
    assert len(found) == 1 and sorted(found[0]["peers"]) == ["198.51.100.7", "198.51.100.9"]


def test_the_rule_that_names_is_quoted_not_the_one_it_leads_to():
    (found,) = listed([(trial(), IN_WAN), (trial("198.51.100.8"), None)])
    assert (found["chain"], found["rule"]) == ("input", 'iifname "eth0" jump wan')
    assert (found["fatal"], found["peers"]) == (False, ["198.51.100.7"])


def test_the_manager_of_the_base_chain_owns_the_rule():
    places = []

    def manager(place):
        places.append(place)
        return "iptables"

    assert listed([(trial(), IN_WAN)], manager=manager)[0]["owner"] == "iptables"
    assert set(places) == {("inet", "filter", "input")}


def test_a_verdict_of_another_program_says_so():
    queued = Drop("inet", "filter", "input", "input", 4, [], QUEUE)
    assert listed([(trial(), queued)])[0]["rule"].endswith(
        "(its verdict is another program's, which cannot be rehearsed)"
    )


HEAD = "# Generated by iptables-nft-save v1.8.9 (nf_tables) on Sunday\n*filter\n:INPUT ACCEPT [0:0]\n:wan - [0:0]\n"
SAVED4, SAVED6 = (
    HEAD + lines + "\nCOMMIT\n"
    for lines in (
        "-A INPUT -m set --match-set banned src -j DROP\n-A INPUT -j wan\n-A wan -j DROP",
        "-A INPUT -s 2001:db8:2::7/128 -j DROP\n-A INPUT -j REJECT --reject-with icmp6-port-unreachable",
    )
)
SAVED = [(["/sbin/iptables-nft-restore"], SAVED4), (["/sbin/ip6tables-nft-restore"], SAVED6)]
OLD = "# Generated by iptables-save v1.8.9 on Sunday\n*filter\n-A INPUT -j ACCEPT\nCOMMIT\n"
LEGACY = (["/sbin/iptables-legacy-restore"], OLD)


@pytest.mark.parametrize(
    "family, place, handle, quoted",
    [
        ("ip", "INPUT", 4, "-A INPUT -m set --match-set banned src -j DROP"),
        ("ip", "wan", 6, "-A wan -j DROP"),
        ("ip6", "INPUT", 5, "-A INPUT -j REJECT --reject-with icmp6-port-unreachable"),
    ],
)
def test_rules_of_iptables_are_quoted_as_it_saves_them(family, place, handle, quoted):
    table = (family, "filter")
    xt = {"xt": {"type": "match", "name": "x"}}
    listing = [
        base_chain("accept", "INPUT", table=table),
        chain("wan", table),
        rule(xt, DROP, table=table, chain="INPUT", handle=4),
        rule(xt, {"jump": {"target": "wan"}}, table=table, chain="INPUT", handle=5),
        rule(DROP, table=table, chain="wan", handle=6),
    ]
    way = [] if place == "INPUT" else [("INPUT", 5)]
    peer = "198.51.100.7" if family == "ip" else "2001:db8:2::7"
    drop = Drop(family, "filter", "INPUT", place, handle, way, DROPPED)
    (found,) = listed([(trial(peer), drop)], listing=listing, saved=[LEGACY] + SAVED)
    assert (found["table"], found["chain"], found["rule"]) == (family + " filter", place, quoted)


def test_a_rule_that_is_not_found_has_its_number():
    assert listed([(trial(), BY_RULE)], nft="")[0]["rule"] == "rule 3"


@pytest.fixture(name="of_legacy")
def fixture_of_legacy(monkeypatch):
    """The rule of iptables-legacy that drops all, and the trials for which it was looked up."""
    found = {"rule": "-A INPUT -j DROP", "asked": []}

    def dropping_rule(_stage, _saved, asked):
        found["asked"].append(asked)
        return dict(table="ip filter", chain="INPUT", rule=found["rule"], owner="iptables-legacy")

    monkeypatch.setattr(legacy, "dropping_rule", dropping_rule)
    return found


def test_what_leaves_no_trace_is_looked_for_in_legacy_rules(of_legacy):
    (found,) = listed([(trial(), UNKNOWN), (trial("198.51.100.8"), None)])
    assert (found["rule"], found["owner"], found["hook"], found["fatal"]) == (
        "-A INPUT -j DROP", "iptables-legacy", "input", True
    )  # fmt: skip


@pytest.mark.parametrize(
    "named",
    ["-s 198.51.100.7/32", "-m set --match-set banned src", "-i eth1", "-m iprange --src-range 192.0.2.1-192.0.2.9"],
)
def test_a_legacy_rule_that_names_somebody_has_a_purpose(of_legacy, named):
    of_legacy["rule"] = "-A INPUT %s -j DROP" % named
    (found,) = listed([(trial(), UNKNOWN), (trial("198.51.100.8"), None)])
    assert (found["fatal"], found["peers"]) == (False, ["198.51.100.7"])


def test_each_peer_is_looked_up_once_and_not_too_many(of_legacy, monkeypatch):
    monkeypatch.setattr(blocked, "_MOST_LEGACY", 3)
    trials = [trial("198.51.100.%d" % number, port=port) for number in range(9) for port in (69, 70)]
    listed([(each, UNKNOWN) for each in trials])
    assert len(of_legacy["asked"]) == 4


def test_entries_are_limited(monkeypatch):
    monkeypatch.setattr(blocked, "MOST", 3)
    assert len(listed([(trial(flows=["flow-%d" % number for number in range(9)]), NAMED)])) == 3


@pytest.mark.parametrize(
    "probe, text",
    [
        (Probe("input", "udp", "198.51.100.7", 68, "192.0.2.10", 67, 2), "udp 198.51.100.7:68 > 192.0.2.10:67"),
        (Probe("output", "tcp", "2001:db8::7", 1, "::1", 22, None), "tcp [2001:db8::7]:1 > [::1]:22"),
    ],
)
def test_packets_are_shown_with_both_ends(probe, text):
    assert packet(probe) == text
