# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packets stand for all: what they cover, and what they keep away from."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._net import port_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import packet_samples
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint, ways
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import CONTROL, DROP, PASS, Sampler

BOTH = {
    "m": {"fleet_ports_addresses": "192.0.2.1, 2001:db8:1::1"},
    "c": {"fleet_ports_addresses": "198.51.100.1, 2001:db8:2::1"},
}


@pytest.fixture
def sampled(pair):
    """The samples between a master m and its client c, and what cannot be proved."""

    def draw(middles=1, phases=PHASES, seed="s", **options):
        plans = [pair(name, **options) for name in ("c", "m")]
        endpoints = [Endpoint(plan, tuple(plan["addresses"]), "") for plan in plans]
        sampler = Sampler(middles, phases, seed)
        return sampler.samples(*endpoints, ways(*endpoints)), sampler.untestable

    return draw


def ports(samples, flow, expect=PASS):
    return [
        (sample.packet.source[1], sample.packet.destination[1])
        for sample in samples
        if flow in sample.flows and sample.expect == expect
    ]


def test_ends_and_a_middle_of_each_range_at_both_ends(sampled):
    samples, _untestable = sampled(bmc=True)
    found = ports(samples, "nim-request")
    assert {destination for _source, destination in found} == {1058}
    sources = sorted(source for source, _destination in found)
    assert len(sources) == 9
    assert {513, 622, 624, 663, 665, 1023} < set(sources)
    assert 513 < sources[1] < 622 and 624 < sources[4] < 663 and 665 < sources[7] < 1023
    both = ports(samples, "nim-stderr")
    assert {513, 1023} < {source for source, _destination in both}
    assert {513, 622, 624, 663, 665, 1023} < {destination for _source, destination in both}


@pytest.mark.parametrize("middles, number", [(1, 3), (4, 6)])
def test_as_many_middles_as_wanted(sampled, middles, number):
    assert len(ports(sampled(middles)[0], "nim-request")) == number


def test_a_range_that_is_too_short_has_no_middle(sampled):
    samples, _untestable = sampled(4, c={"nim_reserved_ports": "1021-1022"})
    assert sorted(ports(samples, "nim-request")) == [(1021, 1058), (1022, 1058)]


def test_flows_between_the_same_ports_share_their_probes(sampled):
    samples, _untestable = sampled()
    [sample] = [
        sample for sample in samples if "tftp-image-request" in sample.flows and sample.packet.source[1] == 32768
    ]
    assert sample.flows == ("tftp-image-request", "tftp-info-request")


def test_just_outside_of_each_end(sampled):
    samples, _untestable = sampled()
    found = ports(samples, "nimsh-request", DROP)
    assert {source for source, destination in found if destination == 3901} == {512, 1024}
    assert {destination for source, destination in found if source in (513, 1023)} == {3900}  # 3902 is nimsh's too
    [outside] = [sample for sample in samples if sample.packet.destination[1] == 3900]
    assert outside.sender == "m"


@pytest.mark.parametrize("profile", ["working", "documented"])
def test_nothing_that_either_plan_opens_must_be_dropped(sampled, pair, profile):
    options = {"c": {"nim_communication": "rsh"}, "profile": profile}
    samples, _untestable = sampled(**options)
    master = pair("m", **options)
    for sample in samples:
        if sample.expect == PASS:
            continue
        for flow in master["flows"]:
            ends = [(flow["source"], flow["destination"]), (flow["destination"], flow["source"])]
            to_master = flow["direction"] == "in"
            source, destination = ends[0] if to_master == (sample.receiver == "m") else ends[1]
            assert not (
                flow["protocol"] == sample.packet.protocol
                and port_sets.contains(source["ports"], sample.packet.source[1])
                and port_sets.contains(destination["ports"], sample.packet.destination[1])
            ), (sample, flow["id"])


@pytest.mark.parametrize("options", [{}, {"c": {"nim_communication": "rsh"}}, {**BOTH, "profile": "documented"}])
def test_no_packet_is_the_reverse_of_another(sampled, options):
    samples, _untestable = sampled(**options)
    packets = {sample.packet for sample in samples}
    assert len(packets) == len(samples)
    assert not packets & {packet.reverse for packet in packets}


def test_no_packet_is_the_reverse_of_one_of_another_run_but_by_chance(sampled):
    def fixed(seed):
        samples, _untestable = sampled(seed=seed, c={"nim_communication": "rsh"})
        return {sample.packet for sample in samples if sample.expect == DROP}

    one, other = fixed("one"), fixed("other")
    assert len(one & other) > 50
    assert not one & {packet.reverse for packet in other}


def test_a_seed_gives_the_same_again(sampled):
    assert sampled() == sampled()
    assert sampled()[0] != sampled(seed="t")[0]


def test_of_two_flows_with_the_same_fixed_ports_one_is_proved(sampled):
    samples, [untestable] = sampled()
    assert sorted([bool(ports(samples, "bootp-request")), bool(ports(samples, "bootp-reply"))]) == [False, True]
    other = {"bootp-request": "bootp-reply", "bootp-reply": "bootp-request"}[untestable.flows[0]]
    assert untestable.why == (
        f"has the same two ports as {other} in the opposite direction, which is tested; "
        "a stateful firewall takes one for the reply to the other"
    )


def test_with_a_second_pair_of_addresses_both_are_proved(sampled):
    samples, untestable = sampled(**BOTH)
    assert untestable == []
    [there] = [sample.packet for sample in samples if sample.flows[:1] == ("bootp-request",) and sample.expect == PASS]
    [back] = [sample.packet for sample in samples if sample.flows[:1] == ("bootp-reply",) and sample.expect == PASS]
    assert (":" in there.source[0]) != (":" in back.source[0])


def test_held_ports_are_left_out(sampled):
    samples, _untestable = sampled(bmc=True, profile="documented")
    ends = [end for sample in samples for end in (sample.packet.source, sample.packet.destination)]
    assert not {623, 664} & {port for _address, port in ends}


def test_only_the_phases_that_are_wanted(sampled):
    samples, untestable = sampled(phases=("operate",))
    assert {flow for sample in samples for flow in sample.flows} == {"nim-request", "nim-stderr"}
    assert untestable == []


def test_a_control_for_each_protocol_and_direction(sampled):
    samples, _untestable = sampled()
    controls = [sample for sample in samples if sample.expect == CONTROL]
    assert sorted((sample.sender, sample.packet.protocol) for sample in controls) == [
        ("c", "tcp"), ("c", "udp"), ("m", "tcp"), ("m", "udp"),
    ]
    assert all(sample.flows == () for sample in controls)


def test_no_control_where_everything_is_open(sampled, monkeypatch):
    monkeypatch.setattr(packet_samples, "_CONTROL_PORTS", (40000, 40001))
    samples, _untestable = sampled(phases=("transfer",))
    assert [sample.sender for sample in samples if sample.expect == CONTROL] == []


def test_flows_of_a_window_are_neither_to_pass_nor_to_be_dropped(sampled):
    window = {"nim_firewall_window": "2h"}
    samples, _untestable = sampled(m=window, c=window)
    assert ports(samples, "tftp-image-request") == []
    assert ports(samples, "nim-request") != []
    assert 69 not in {sample.packet.destination[1] for sample in samples}
