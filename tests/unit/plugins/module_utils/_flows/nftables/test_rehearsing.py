# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal of an opening with nft: on a small host, now and as it is after a boot."""

from types import SimpleNamespace

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import nft_listing
from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import boot_script, rehearsing
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.boot_script import BootScript
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed, inside
from ansible_collections.fleet.ports.tests.unit.fakes import small_host

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
OPENING = opening([FLOW], {"c": ["198.51.100.0/24", "2001:db8:2::/64"]}, [])
SSH = "192.0.2.254 40000 192.0.2.10 22"
HOST = SimpleNamespace(run=small_host.run, find=small_host.find)


def table(*rules, **options):
    head = "type filter hook %s priority 0; policy %s;" % (options.get("hook", "input"), options.get("policy", "accept"))
    name = options.get("name", "filter")
    return "table inet %s {\nchain c {\n%s\n%s\n}\n}\n" % (name, head, "\n".join(rules))


def rehearsed(rules, script=None, commands=(), **options):
    """Return what a rehearsal finds on a host with these rules, and this script that is loaded at boot."""
    small_host.require("nft", *options.get("programs", ()))

    def rehearse():
        ruleset = Ruleset(nft_listing.read(lambda *arguments: small_host.run([small_host.find("nft"), *arguments])[1]))
        settings = Settings(None, None, options.get("connection", ""), "fail", inside)
        return rehearsing.rehearse(HOST, settings, ruleset, BootScript(script), options.get("wanted", OPENING))

    return small_host.inside(rehearse, rules, commands)


@pytest.fixture(name="script")
def fixture_script(tmp_path, monkeypatch):
    monkeypatch.setattr(boot_script, "RULES_FILE", str(tmp_path / "ours.nft"))
    path = tmp_path / "nftables.conf"

    def write(text):
        path.write_text("flush ruleset\n" + text)
        return str(path)

    return write


def place(first=False, name="filter", hook="input", spared=()):
    return ["inet", name, "c", hook, first, list(spared)]


CLOSED, REJECTING = table("tcp dport 22 accept", policy="drop"), table("tcp dport 22 accept", "reject")


@pytest.mark.parametrize(
    "rules, places",
    [
        ("", []),
        (table("ct state invalid drop"), []),
        (CLOSED, [place()]),
        (REJECTING, [place(first=True)]),
        (table("tcp dport 22 accept", "pkttype host limit rate 5/second reject", policy="drop"), [place(first=True)]),
        (CLOSED + table("counter drop", name="late"), [place(), place(True, "late")]),
    ],
    ids=["empty", "open", "policy", "reject", "stock", "two tables"],
)
def test_jumps_are_placed_where_the_flows_pass(rules, places):
    found = rehearsed(rules)
    assert (found["places"], found["blocked"]) == (places, [])
    assert found["enforced"] == (["input"] if places else [])


def test_a_dormant_table_stays_out_of_it():
    dormant = CLOSED.replace("{\nchain", "{\nflags dormant\nchain", 1)
    assert rehearsed(dormant)["places"] == []


def test_a_quarantine_stays_in_force_wherever_the_jump_stands():
    for rules, first in ((CLOSED, False), (REJECTING, True)):
        found = rehearsed(rules.replace("tcp dport 22", "ip saddr 198.51.100.7 drop\ntcp dport 22"))
        assert found["places"] == [place(first)]
        assert found["left_out"] == ({"input": ["198.51.100.7"]} if first else {})
        (entry,) = found["blocked"]
        assert (entry["flow"], entry["rule"], entry["peers"], entry["fatal"]) == (
            "tftp", "ip saddr 198.51.100.7 drop", ["198.51.100.7"], False
        )  # fmt: skip


@pytest.mark.parametrize(
    "rules, rule, where",
    [
        (table("udp dport 69 drop", hook="prerouting"), "udp dport 69 drop", "prerouting"),
        (table("udp dport 69 drop"), "udp dport 69 drop", "input"),
        (
            "table netdev early {\nchain c {\ntype filter hook ingress device eth0 priority 0\n"
            "ip protocol udp drop\nip6 nexthdr udp drop\n}\n}\n",
            "ip protocol udp drop",
            "ingress",
        ),
    ],
)
def test_what_cannot_be_opened_is_fatal_and_named(rules, rule, where):
    found = rehearsed(rules)
    assert found["places"] == [] and found["blocked"][0]["fatal"]
    assert (found["blocked"][0]["rule"], found["blocked"][0]["hook"]) == (rule, where)


def test_a_table_of_iptables_is_its_own():
    commands = ["iptables-nft -P INPUT DROP", "iptables-nft -A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT"]
    found = rehearsed("", commands=commands, programs=["iptables-nft", "iptables-nft-save"])
    (entry,) = found["blocked"]
    assert (entry["owner"], entry["fatal"], found["places"]) == ("iptables", True, [])


def test_what_is_managed_already_is_no_part_of_the_question():
    ours = "add table inet filter\nadd chain inet filter fleet_ports_input\n"
    ours += "add rule inet filter c iifname != eth7 jump fleet_ports_input\nadd rule inet filter fleet_ports_input accept\n"
    assert rehearsed(CLOSED + ours)["places"] == [place()]


def test_a_connection_to_manage_the_host_is_tried():
    assert rehearsed(CLOSED, connection=SSH)["management"] == []
    (entry,) = rehearsed(table(policy="drop"), connection=SSH)["management"]
    assert entry["packet"].endswith("> 192.0.2.10:22")


def test_without_a_script_nothing_is_known_of_a_boot():
    found = rehearsed(CLOSED)
    assert (found["at_boot"], found["blocked_at_boot"], found["management_at_boot"]) == ([], [], [])


def test_where_the_script_makes_what_is_in_force_both_are_the_same(script):
    found = rehearsed(CLOSED, script(CLOSED))
    assert found["at_boot"] == found["places"] == [place()]


def test_the_script_is_rehearsed_by_itself(script):
    found = rehearsed("", script(CLOSED))
    assert (found["places"], found["at_boot"]) == ([], [place()])
    found = rehearsed(CLOSED, script(""))
    assert (found["places"], found["at_boot"]) == ([place()], [])


def test_what_is_blocked_after_a_boot_only_is_told_apart(script):
    early = table("udp dport 69 drop", hook="prerouting", name="early")
    found = rehearsed(CLOSED, script(CLOSED + early))
    assert found["blocked"] == []
    assert {entry["rule"] for entry in found["blocked_at_boot"]} == {"udp dport 69 drop"}
    both = rehearsed(CLOSED + early, script(CLOSED + early + "# more\n"))
    assert both["blocked"] and not both["blocked_at_boot"]


def test_a_connection_that_a_boot_would_cut_is_told(script):
    found = rehearsed(CLOSED, script(table(policy="drop")), connection=SSH)
    assert found["management"] == [] and found["management_at_boot"] == []  # it does not pass there today either
    assert rehearsed(CLOSED, script(CLOSED), connection=SSH)["management_at_boot"] == []


def test_a_script_that_does_not_load_judges_nothing(script):
    with pytest.raises(NotRehearsed, match="nft -f -' failed: "):
        rehearsed(CLOSED, script("nonsense\n"))


def test_the_host_is_untouched():
    def rules_around():
        before = small_host.run([small_host.find("nft"), "list", "ruleset"])[1]
        settings = Settings(None, None, SSH, "fail", inside)
        ruleset = Ruleset(nft_listing.read(lambda *arguments: small_host.run([small_host.find("nft"), *arguments])[1]))
        rehearsing.rehearse(HOST, settings, ruleset, BootScript(None), OPENING)
        return before, small_host.run([small_host.find("nft"), "list", "ruleset"])[1]

    small_host.require("nft")
    before, after = small_host.inside(rules_around, REJECTING)
    assert before == after and "reject" in before


def result(*places, **changes):
    return dict(
        dict(
            places=[list(each) for each in places], left_out={}, side_effects=[], blocked=[], management=[], was_managed=True
        ),
        **changes
    )  # fmt: skip


def entry(rule="drop", flow="tftp"):
    return dict(flow=flow, table="inet filter", chain="c", rule=rule)


def together(now, later):
    return rehearsing._together(dict(now, enforced=["input"]), later)


def test_a_chain_has_its_jump_at_the_same_place_in_both():
    found = together(result(place(), place(name="live")), result(place(first=True), place(name="boot")))
    assert found["places"] == [place(first=True), place(name="live")]
    assert found["at_boot"] == [place(first=True), place(name="boot")]
    found = together(result(place(spared=["eth1"])), result(place(spared=["eth0"])))
    assert found["places"] == found["at_boot"] == [place(spared=["eth0", "eth1"])]


def test_peers_are_left_out_in_both():
    later = result(left_out={"input": ["192.0.2.1", "192.0.2.2"], "output": ["192.0.2.3"]})
    found = together(result(left_out={"input": ["192.0.2.1"]}), later)
    assert found["left_out"] == {"input": ["192.0.2.1", "192.0.2.2"], "output": ["192.0.2.3"]}


def test_what_is_blocked_now_is_not_listed_once_more():
    found = together(result(blocked=[entry()]), result(blocked=[entry(), entry("reject"), entry(flow="nfs")]))
    assert found["blocked"] == [entry()]
    assert found["blocked_at_boot"] == [entry("reject"), entry(flow="nfs")]


def test_a_connection_that_does_not_pass_there_today_is_not_the_runs_fault():
    cut = result(management=[entry()], was_managed=False)
    assert together(result(), cut)["management_at_boot"] == []
    assert together(result(), dict(cut, was_managed=True))["management_at_boot"] == [entry()]


def test_side_effects_of_both_count():
    found = together(result(side_effects=["now"]), result(side_effects=["then"]))
    assert found["side_effects"] == ["now", "then"]
