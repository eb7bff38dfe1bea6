# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known about an opening: when it is rehearsed, when an earlier rehearsal holds, and what is read instead."""

import json
from types import SimpleNamespace

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Settings
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import judgement, nft_script, rehearsing
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.judgement import Judge
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Ruleset
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import filters, sentences
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import ACCEPT, DROP, SSH, base_chain, rule

FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
PEERS = {"c": ["198.51.100.0/24"]}
OPENING = opening([FLOW], PEERS, [])
LISTING = [base_chain("drop"), SSH]
PLACE = ["inet", "filter", "input", "input", False, []]
ENTRY = dict(
    flow="tftp", packet="udp 198.51.100.7:1024 > 192.0.2.10:69", interface="eth0", peers=["198.51.100.7"], hook="input",
    table="inet filter", chain="input", rule="ip saddr 198.51.100.7 drop", owner="", fatal=False,
)  # fmt: skip


def result(**changes):
    return dict(
        dict(
            places=[PLACE], at_boot=[PLACE], left_out={"input": ["198.51.100.7"]}, enforced=["input"], blocked=[ENTRY],
            blocked_at_boot=[], management=[], management_at_boot=[], packets=9, side_effects=[], passing={"now": 0, "then": 1, "of": 1},
        ),
        **changes
    )  # fmt: skip


@pytest.fixture(name="host", autouse=True)
def fixture_host(monkeypatch, tmp_path):
    """A host whose rehearsals are counted in ``rehearsed``, and give ``result`` or raise it."""
    host = SimpleNamespace(rehearsed=0, result=result(), run=None, find=None)

    def rehearse(*_arguments):
        host.rehearsed += 1
        if isinstance(host.result, Exception):
            raise host.result
        return json.loads(json.dumps(host.result))

    monkeypatch.setattr(rehearsing, "rehearse", rehearse)
    host.legacy = tmp_path / "ip_tables_names"
    monkeypatch.setattr(judgement, "LEGACY_TABLES", (str(host.legacy),))
    return host


def judged(host, memory=None, **changes):
    """Return what is known of an opening by a judge who remembers this."""
    script = changes.get("boot", "boot")
    boot = SimpleNamespace(
        digest=lambda: script, makes=lambda place: place[1] != "live", may_drop=lambda: "drop" in script
    )
    settings = Settings(None, None, "", changes.get("on_blocked", "fail"), None)
    judge = Judge(host, settings, Ruleset(changes.get("listing", LISTING)), boot)
    remembered = json.loads(json.dumps(memory or {}))
    return judge.judged(changes.get("wanted", OPENING), remembered)


def test_where_nothing_is_opened_nothing_is_rehearsed(host):
    found = judged(host, wanted=NOTHING)
    assert host.rehearsed == 0
    assert (found.rehearsed, found.enforced, found.blocked, found.warnings, found.memory) == (True, [], [], [], {})
    assert found.tables(NOTHING) == found.tables_at_boot(NOTHING) == []


def test_what_the_kernel_said_is_what_is_known(host):
    found = judged(host)
    assert (found.rehearsed, found.not_rehearsed, found.enforced) == (True, "", ["input"])
    assert found.blocked == sentences.listed(result())
    assert found.warnings == sentences.warnings(sentences.listed(result()))
    script = nft_script.text(found.tables(OPENING))
    assert "chain input {\n\t\tjump fleet_ports_input\n" in script
    assert "\t\tip saddr @fleet_ports_left_out_input_v4 return\n" in script


def test_what_is_loaded_at_boot_has_places_of_its_own(host):
    host.result = result(at_boot=[])
    assert judged(host).tables_at_boot(OPENING) == [] != judged(host).tables(OPENING)


def test_as_long_as_nothing_changes_the_kernel_is_asked_once(host):
    first = judged(host)
    second = judged(host, first.memory)
    assert host.rehearsed == 1
    assert (second.rehearsed, second.blocked, second.enforced) == (True, first.blocked, first.enforced)
    assert second.tables(OPENING) == first.tables(OPENING)
    assert second.memory == first.memory


OTHERS = LISTING + [rule(DROP)]


@pytest.mark.parametrize(
    "changes, is_said",
    [
        (dict(listing=OTHERS), True),
        (dict(boot="another script"), False),
        (dict(wanted=opening([FLOW], {"c": ["198.51.100.0/25"]}, [])), False),
        (dict(wanted=opening([FLOW], PEERS, ["eth0"])), False),
    ],
    ids=["rules", "script", "peers", "interfaces"],
)
def test_after_any_change_it_is_asked_again_and_of_others_changes_it_is_said(host, changes, is_said):
    memory = judged(host).memory
    found = judged(host, memory, **changes)
    assert host.rehearsed == 2
    assert (sentences.CHANGED in found.warnings) is is_said
    assert judged(host, found.memory, **changes).warnings == []
    assert host.rehearsed == 2


def test_a_first_rehearsal_says_nothing_of_changes(host):
    assert sentences.CHANGED not in judged(host, {"script": "/etc/nftables.conf"}).warnings


def test_what_is_managed_is_no_change(host):
    memory = judged(host).memory
    ours = rule({"jump": {"target": "fleet_ports_input"}})
    judged(host, memory, listing=LISTING + [ours])
    assert host.rehearsed == 1


def test_a_flow_that_cannot_be_opened_is_refused_and_not_remembered(host):
    host.result = result(blocked=[dict(ENTRY, fatal=True)])
    with pytest.raises(HostError, match="^Flow tftp .* would not pass: rule 'ip saddr 198.51.100.7 drop'"):
        judged(host)
    assert judged(host, on_blocked="warn").blocked == sentences.listed(host.result)


def test_what_was_accepted_once_is_refused_by_who_does_not_accept_it(host):
    host.result = result(blocked=[dict(ENTRY, fatal=True)])
    memory = judged(host, on_blocked="warn").memory
    judged(host, memory, on_blocked="warn")
    assert host.rehearsed == 1
    with pytest.raises(HostError, match="^Flow tftp"):
        judged(host, memory)
    assert host.rehearsed == 1


def test_a_connection_that_would_not_pass_is_refused_by_all(host):
    host.result = result(management=[ENTRY])
    with pytest.raises(HostError, match="^A new connection to manage this host"):
        judged(host, on_blocked="warn")


def test_where_nothing_can_be_dropped_nothing_is_rehearsed(host):
    found = judged(host, listing=[base_chain("accept")], boot="")
    assert (host.rehearsed, found.rehearsed, found.enforced, found.memory) == (0, True, [], {})
    judged(host, listing=[base_chain("accept")], boot="table inet filter { chain input { drop } }")
    assert host.rehearsed == 1


def test_a_jump_in_a_chain_without_other_rules_has_one_place_only(host):
    host.result = result(places=[[*PLACE[:4], True, []]], at_boot=[[*PLACE[:4], True, []]])
    empty = judged(host, listing=[base_chain("drop")])
    assert [jump.first for table in empty.tables(OPENING) for jump in table.jumps] == [False]
    assert [jump.first for table in empty.tables_at_boot(OPENING) for jump in table.jumps] == [True]


def test_a_side_effect_is_refused_by_all(host):
    host.result = result(side_effects=["packet udp 9.9.9.9:9 > 192.0.2.10:9, which belongs to no flow, would be let in"])
    with pytest.raises(HostError, match="side effect on this host: packet udp .* would be let in. Nothing was changed."):
        judged(host, on_blocked="warn")


REFUSAL = NotRehearsed("there is no room")


def test_where_it_cannot_be_asked_any_more_what_it_said_of_these_rules_holds(host):
    first = judged(host)
    host.result = REFUSAL
    wider = opening([FLOW], {"c": ["198.51.0.0/16"]}, [])
    found = judged(host, first.memory, wanted=wider)
    assert (found.rehearsed, found.not_rehearsed) == (False, "there is no room")
    assert "chain input {\n\t\tjump fleet_ports_input\n" in nft_script.text(found.tables(wider))
    assert found.memory == first.memory


def test_of_other_rules_it_has_said_nothing(host):
    memory = judged(host).memory
    host.result = REFUSAL
    found = judged(host, memory, listing=OTHERS)
    assert (found.rehearsed, found.memory, found.blocked) == (False, {}, [])
    assert found.warnings == [sentences.not_rehearsed("there is no room")]
    script = nft_script.text(found.tables(OPENING))
    assert script.endswith("insert rule inet filter input jump fleet_ports_input\n")  # before the drop, as it is read


def test_where_nothing_can_be_rehearsed_the_rules_are_read(host):
    host.result = REFUSAL
    live = base_chain("drop", "in", table=("ip", "live"))
    found = judged(host, listing=LISTING + [live])
    assert found.enforced == ["input"]
    assert [table.name for table in found.tables(OPENING)] == ["filter", "live"]
    assert [table.name for table in found.tables_at_boot(OPENING)] == ["filter"]  # which the script makes
    assert judged(host, listing=[base_chain("accept"), SSH]).enforced == []


def test_rules_of_iptables_legacy_are_warned_about_where_they_are_not_rehearsed(host):
    host.result = REFUSAL
    host.find = lambda name: None
    warning = "Rules of iptables-legacy are in force beside nftables; the flows are not opened in those."
    host.legacy.write_text("nat\n")
    assert warning not in judged(host).warnings
    host.legacy.write_text("nat\nfilter\n")
    assert warning in judged(host).warnings


EXTENSION = {"xt": {"type": "match", "name": "x"}}
FOREIGN = [
    base_chain("drop", "INPUT", table=("ip", "filter2")),
    rule(EXTENSION, ACCEPT, table=("ip", "filter2"), chain="INPUT"),
]


def test_a_chain_of_another_program_is_refused_or_warned_about(host):
    host.result = REFUSAL
    host.find = lambda name: None
    sentence = (
        "Chain INPUT of table ip filter2 drops packets at the hook input and is managed by iptables, so nft must not edit"
        " it; open the flows with iptables, or move the rules of that chain to a table of your own."
    )
    with pytest.raises(HostError) as error:
        judged(host, listing=FOREIGN)
    assert str(error.value) == sentence
    found = judged(host, listing=FOREIGN, on_blocked="warn")
    assert sentence in found.warnings and found.tables(OPENING) == []
    outgoing = dict(FLOW, direction="out", source=FLOW["destination"], destination=FLOW["source"])
    assert judged(host, listing=FOREIGN, wanted=opening([outgoing], PEERS, [])).tables(OPENING) == []


@pytest.mark.parametrize("is_legacy", [True, False])
def test_rules_that_nft_does_not_list_whole_are_looked_at_as_their_program_saves_them(host, monkeypatch, is_legacy):
    """With its extensions, nft lists their names only; of iptables-legacy nothing."""
    saved = ["-A INPUT -m multiport --dports 69 -j DROP\n"]
    monkeypatch.setattr(filters, "read", lambda run, find: filters.Filters("", [(["iptables-restore"], saved[0])]))
    listing = LISTING if is_legacy else LISTING + [FOREIGN[1]]
    if is_legacy:
        host.legacy.write_text("filter\n")
    memory = judged(host, listing=listing).memory
    judged(host, memory, listing=listing)
    assert host.rehearsed == 1
    saved[0] = saved[0].replace("69", "70")
    judged(host, memory, listing=listing)
    assert host.rehearsed == 2
