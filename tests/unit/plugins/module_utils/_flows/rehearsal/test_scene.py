# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A ruleset and the packets that are sent to it: with rates kept and exceeded, and what the result says."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.filters import Filters
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.rules import Rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.scene import Scene, has_purpose, is_default
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.stage import UNKNOWN
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.trace import DROP as DROPPED, Drop
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import (
    ACCEPT,
    DROP,
    base_chain,
    payload,
    rule,
)
from ansible_collections.fleet.ports.tests.unit.fakes.stage import Chain, FakeStage, from_peer, to_port

INPUT = ("inet", "filter", "input")
SSH = rule(payload("tcp", "dport", 22), ACCEPT), to_port(22)
BANNED = rule(payload("ip", "saddr", "198.51.100.77"), DROP), from_peer("198.51.100.77")
FLOW = {
    "id": "tftp", "direction": "in", "protocol": "udp", "initiates": True,
    "source": {"role": "c", "ports": ["1024-65535"]}, "destination": {"role": "m", "ports": ["69"]},
}  # fmt: skip
OPENING = opening([FLOW], {"c": ["198.51.100.0/24"]}, [])
EMPTY = Filters("", [])
LIMITED = Filters("table inet filter {\n\tchain input {\n\t\tlimit rate 5/second accept\n\t}\n}\n", [])


def scene(*chains, **options):
    stage = FakeStage(*chains, **options.get("stage", {}))
    found = Scene(
        stage,
        options.get("loaded", EMPTY),
        options.get("wanted", OPENING),
        lambda place: None,
        options.get("connection", ""),
    )
    return stage, found


def test_the_ruleset_is_loaded_without_what_is_managed_first():
    stage, found = scene(Chain(INPUT, "input", "drop", SSH))
    assert stage.loaded[0] == EMPTY
    assert {cause.index for trial, cause in found.before.items() if trial.flows} == {None}


def test_peers_that_rules_name_are_among_those_that_are_tried():
    _stage, found = scene(Chain(INPUT, "input", "drop", BANNED))
    assert "198.51.100.77" in {trial.probe.source for trial in found.flows}
    saved = Filters("", [(["iptables-restore"], "-A INPUT -s 198.51.100.88/32 -j DROP\n")])
    _stage, found = scene(Chain(INPUT, "input", "drop"), loaded=saved)
    assert "198.51.100.88" in {trial.probe.source for trial in found.flows}


def test_trials_of_flows_are_those_that_have_names():
    _stage, found = scene(Chain(INPUT, "input", "drop"))
    assert found.flows and all(trial.flows for trial in found.flows)
    assert len(found.flows) < len(found.trials)


def test_without_rates_there_is_one_ruleset():
    stage, found = scene(Chain(INPUT, "input", "drop"))
    assert len(stage.loaded) == 2 and found.exceeding == {}


def test_with_rates_the_flows_are_sent_once_more_while_they_are_exceeded():
    stage, found = scene(Chain(INPUT, "input", "drop"), loaded=LIMITED)
    at_rest, again, exhausted = stage.loaded
    assert at_rest == again and "limit rate 1000000000/second" in at_rest.nft
    assert "limit" not in exhausted.nft
    assert set(found.exceeding) == set(found.flows)


def test_a_script_is_loaded_after_each_ruleset():
    stage, found = scene(Chain(INPUT, "input", "drop"), loaded=LIMITED)
    scripts = []
    stage.load = lambda loaded, more="": scripts.append(more)
    found.verdicts("managed")
    assert scripts == ["managed", "managed"]


@pytest.mark.parametrize("arriving", [True, False])
def test_what_does_not_arrive_where_nothing_is_filtered_is_forgotten(arriving):
    options = dict(unknown=lambda trial: trial.probe.hook == "forward" or trial.probe.destination_port == 22, arriving=arriving)
    stage, found = scene(
        Chain(INPUT, "input", "drop"), stage=options, connection="192.0.2.254 40000 192.0.2.10 22", loaded=LIMITED
    )
    hooks = {trial.probe.hook for trial in found.trials}
    assert ("forward" in hooks) is arriving
    assert bool(found.result(found.before, {})["management"]) is arriving
    assert "limit rate 1000000000/second" in stage.loaded[-1].nft  # the ruleset is back in its place


def test_the_result_says_at_which_hooks_strangers_are_dropped():
    chains = [Chain(INPUT, "input", "accept", BANNED), Chain(("inet", "filter", "out"), "output", "drop")]
    _stage, found = scene(*chains)
    assert found.result(found.before, {})["enforced"] == ["output"]


def test_what_leaves_no_trace_is_enforced_all_the_same():
    _stage, found = scene(stage=dict(unknown=lambda trial: trial.probe.hook == "input"))
    assert found.result(found.before, {})["enforced"] == ["input"]


def test_the_result_lists_flows_only():
    _stage, found = scene(Chain(INPUT, "input", "drop"))
    result = found.result(found.before, {})
    assert {entry["flow"] for entry in result["blocked"]} == {"tftp"}
    assert result["packets"] == len(found.trials)
    assert found.result({trial: None for trial in found.before}, {})["blocked"] == []


def test_a_flow_that_is_not_answered_does_not_pass():
    stage, found = scene(Chain(INPUT, "input", "accept"))
    (answered, *_more) = found.flows
    cause = stage.rules.cause(Drop("inet", "filter", "input", "input", None, [], DROPPED))
    result = found.result(found.before, {answered: cause})
    assert result["passing"] == {"now": 1, "then": 0, "of": 1}
    assert {entry["fatal"] for entry in result["blocked"]} == {True}


def test_nothing_opened_is_nothing_sent():
    _stage, found = scene(Chain(INPUT, "input", "drop"), wanted=NOTHING)
    assert (found.trials, found.result(found.before, {})["blocked"]) == ([], [])


def cause(*parts):
    return Rules([base_chain(), rule(*parts)]).cause(Drop("inet", "filter", "input", "input", 9, [], DROPPED))


def test_causes_are_defaults_or_have_a_purpose():
    default, named = cause(DROP), cause(payload("ip", "saddr", "203.0.113.9"), DROP)
    assert is_default(default) and not has_purpose(default)
    assert has_purpose(named) and not is_default(named)
    assert not is_default(None) and not has_purpose(None)
    assert not has_purpose(UNKNOWN) and not is_default(UNKNOWN) and is_default(UNKNOWN, unknown=True)
