# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the jumps have to stand: tried out on a stage whose rules are known."""

import re

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import places
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.places import Search
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.filters import Filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP as DROPPED, Drop
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import (
    ACCEPT,
    DROP,
    interface,
    match,
    payload,
    rule,
)
from ansible_collections.fleet.ports.tests.unit.fakes.stage import Chain, FakeStage, always, from_peer, to_port

INPUT, OTHER, EARLY = ("inet", "filter", "input"), ("inet", "other", "input"), ("inet", "filter", "early")
EMPTY = Filters("", [])
SSH = rule(payload("tcp", "dport", 22), ACCEPT), to_port(22)
DROPPING = rule(DROP), always
BANNED = rule(payload("ip", "saddr", "198.51.100.1"), DROP), from_peer("198.51.100.1")


def of_interface(index, name):
    return rule(interface(name), DROP), lambda trial: trial.probe.interface == index


FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
OPENING = opening([FLOW], {"c": ["198.51.100.0/24", "10.1.0.0/16"]}, [])


def searched(*chains, **options):
    stage = FakeStage(*chains, **options.pop("stage", {}))
    manager = options.get("manager", lambda place: None)
    search = Search(stage, EMPTY, options.get("wanted", OPENING), manager, options.get("connection", ""))
    return search.result()


def place(chain=INPUT, first=False, spared=()):
    return [*chain, "input", first, list(spared)]


def test_where_nothing_is_dropped_nothing_is_placed():
    found = searched(Chain(INPUT, "input", "accept", SSH))
    assert (found["places"], found["enforced"], found["blocked"], found["left_out"]) == ([], [], [], {})


def test_before_a_policy_that_drops_the_jump_is_last():
    found = searched(Chain(INPUT, "input", "drop", SSH))
    assert (found["places"], found["enforced"], found["blocked"]) == ([place()], ["input"], [])


def test_where_only_answers_are_dropped_there_is_a_jump_as_well():
    class Unanswered(FakeStage):
        """A stage whose host drops all answers at the hook ``output``."""

        def verdicts(self, trials):
            found = super().verdicts(trials)
            drop = Drop("inet", "filter", "out", "out", None, [], DROPPED)
            self.unanswered = {trial: self.rules.cause(drop) for trial in found if trial.flows and found[trial] is None}
            return found

    stage = Unanswered(Chain(INPUT, "input", "accept", SSH), Chain(("inet", "filter", "out"), "output", "drop"))
    found = Search(stage, EMPTY, OPENING, lambda place: None, "").result()
    assert ["inet", "filter", "out", "output", False, []] in found["places"]
    assert {(entry["hook"], entry["rule"], entry["fatal"]) for entry in found["blocked"]} == {("output", "policy drop", True)}


def test_before_a_rule_that_drops_by_default_the_jump_is_first():
    found = searched(Chain(INPUT, "input", "accept", SSH, DROPPING))
    assert (found["places"], found["blocked"]) == ([place(first=True)], [])


def test_a_quarantine_before_a_policy_stays_in_force_by_itself():
    found = searched(Chain(INPUT, "input", "drop", BANNED, SSH))
    assert (found["places"], found["left_out"]) == ([place()], {})
    (entry,) = found["blocked"]
    assert (entry["peers"], entry["fatal"]) == (["198.51.100.1"], False)


def test_a_quarantine_behind_a_jump_that_stands_first_is_left_out():
    found = searched(Chain(INPUT, "input", "accept", BANNED, SSH, DROPPING))
    assert (found["places"], found["left_out"]) == ([place(first=True)], {"input": ["198.51.100.1"]})
    (entry,) = found["blocked"]
    assert (entry["peers"], entry["fatal"]) == (["198.51.100.1"], False)


def test_an_interface_that_is_kept_out_does_not_take_the_jump():
    found = searched(Chain(INPUT, "input", "accept", of_interface(3, "eth1"), SSH, DROPPING))
    assert (found["places"], found["left_out"]) == ([place(first=True, spared=["eth1"])], {})
    assert {(entry["interface"], entry["fatal"]) for entry in found["blocked"]} == {("eth1", False)}


def test_a_rule_for_a_purpose_without_a_name_keeps_its_chain_closed():
    marked = rule(match({"meta": {"key": "mark"}}, 7), DROP), from_peer("198.51.100.1")
    found = searched(Chain(INPUT, "input", "accept", marked, SSH, DROPPING))
    assert found["places"] == []
    assert any(entry["fatal"] for entry in found["blocked"])


def test_each_chain_of_a_hook_that_drops_has_a_jump():
    found = searched(Chain(INPUT, "input", "drop", SSH), Chain(OTHER, "input", "accept", SSH, DROPPING))
    assert found["places"] == [place(), place(OTHER, first=True)]
    assert found["blocked"] == []


def test_a_quarantine_in_a_chain_behind_another_that_drops_is_noticed():
    found = searched(Chain(EARLY, "input", "drop", SSH), Chain(INPUT, "input", "accept", BANNED, DROPPING))
    assert found["places"] == [place(EARLY), place(first=True)]
    assert found["left_out"] == {"input": ["198.51.100.1"]}


def test_a_chain_that_another_program_manages_gets_no_jump():
    found = searched(Chain(INPUT, "input", "drop", SSH), manager=lambda place: "iptables")
    assert found["places"] == []
    assert {(entry["owner"], entry["fatal"], entry["rule"]) for entry in found["blocked"]} == {("iptables", True, "policy drop")}


@pytest.mark.parametrize("chain", [("bridge", "filter", "input"), ("netdev", "filter", "input")])
def test_a_chain_of_another_family_gets_no_jump(chain):
    found = searched(Chain(chain, "input", "drop", SSH))
    assert found["places"] == [] and all(entry["fatal"] for entry in found["blocked"])


def test_a_hook_without_flows_is_enforced_but_not_opened():
    outgoing = ("inet", "filter", "output")
    found = searched(Chain(outgoing, "output", "drop"), Chain(INPUT, "input", "drop", SSH))
    assert found["enforced"] == ["input", "output"]


def test_a_new_connection_to_manage_the_host_is_tried():
    connection = "192.0.2.254 40000 192.0.2.10 22"
    open_one = searched(Chain(INPUT, "input", "drop", SSH), connection=connection)
    assert (open_one["management"], open_one["was_managed"]) == ([], True)
    closed_one = searched(Chain(INPUT, "input", "drop"), connection=connection)
    (entry,) = closed_one["management"]
    assert entry["packet"] == "tcp 192.0.2.254:50022 > 192.0.2.10:22" and not closed_one["was_managed"]


def test_packets_that_never_arrive_are_not_for_filters_to_judge():
    unknown = dict(unknown=lambda trial: trial.probe.source.startswith("10."))
    found = searched(Chain(INPUT, "input", "drop", SSH), stage=dict(unknown, arriving=False))
    assert (found["places"], found["blocked"]) == ([place()], [])
    found = searched(Chain(INPUT, "input", "drop", SSH), stage=dict(unknown, arriving=True))
    assert {entry["table"] for entry in found["blocked"]} == {""}


def test_packets_of_others_that_would_fare_otherwise_are_side_effects():
    """A host on which the managed rules would open more than is asked for."""

    class Leaking(FakeStage):
        def _is_open(self, trial):
            return True

    stage = Leaking(Chain(INPUT, "input", "drop", SSH))
    found = Search(stage, EMPTY, OPENING, lambda place: None, "").result()["side_effects"]
    assert found and all(re.fullmatch("packet .*, which belongs to no flow, would be let in", each) for each in found)
    assert searched(Chain(INPUT, "input", "drop", SSH))["side_effects"] == []


def test_a_search_that_does_not_come_to_an_end_is_given_up(monkeypatch):
    monkeypatch.setattr(places, "_MOST_ATTEMPTS", 1)
    assert searched(Chain(INPUT, "input", "drop", SSH))["places"] == [place()]
    with pytest.raises(NotRehearsed, match="^no place for the managed rules was found at which the result stays the same$"):
        searched(Chain(INPUT, "input", "accept", BANNED, SSH, DROPPING))
