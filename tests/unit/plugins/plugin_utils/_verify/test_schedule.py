# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule: its batches, and the flows that no probe can test."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import probes
from ansible_collections.fleet.ports.plugins.modules import flow_probe
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import options, schedule as schedules
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Pair
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import (
    Schedule,
    draw,
    seconds_to_listen,
    seconds_to_send,
)

CLIENTS = ("c1", "c2", "c3")
GROUPS = {"all": ["m", *CLIENTS], "nim_masters": ["m"], "nim_clients": list(CLIENTS)}
HOSTS = {"m": {"ansible_host": "192.0.2.1"}, **{name: {"ansible_host": f"198.51.100.{name[1]}"} for name in CLIENTS}}


@pytest.fixture
def drawn(fleet):
    def of_fleet(variables=None, **given):
        hosts = {name: {**HOSTS[name], **(variables or {}).get(name, {})} for name in HOSTS}
        whole = fleet(GROUPS, hosts)
        endpoints = {
            name: Endpoint(plan, whole.addresses(name), hosts[name]["ansible_host"])
            for name, plan in whole.plans(GROUPS["all"]).items()
        }
        pairs = [Pair("m", name) for name in CLIENTS]
        return draw(pairs, endpoints, options.read({**options.DEFAULTS, "hosts": "all", "seed": "s", **given}))

    return of_fleet


def test_the_limits_are_those_of_flow_probe():
    assert schedules.MAX_PROBES == probes.MAX_PROBES
    assert schedules.MAX_LISTENER_SECONDS == flow_probe.MAX_LISTENER_SECONDS


def test_batches_of_so_many_clients(drawn):
    batches = drawn(batch_size=2).batches
    clients = [{probe[end] for probe in batch for end in ("from", "to")} - {"m"} for batch in batches]
    assert clients == [{"c1", "c2"}, {"c3"}]
    assert [probe["id"] for probe in batches[1]] == list(range(1, len(batches[1]) + 1))


def test_a_host_gets_no_more_than_it_can_take_at_once(drawn, monkeypatch):
    of_one = len(drawn(batch_size=1).batches[0])
    monkeypatch.setattr(schedules, "MAX_PROBES", of_one * 5 // 4)
    assert len(drawn().batches) == 3
    monkeypatch.setattr(schedules, "MAX_PROBES", 10)
    with pytest.raises(MatrixError, match=r"\w+ would have \d+ probes in one batch, but at most 10 are allowed"):
        drawn()


def test_a_probe(drawn):
    [probe] = [
        probe for probe in drawn().probes
        if probe["flows"] == ["portmapper-udp"] and probe["expect"] == "pass" and "c1" in (probe["from"], probe["to"])
    ]
    del probe["id"]
    assert probe == {
        "flows": ["portmapper-udp"], "expect": "pass", "from": "c1", "to": "m", "protocol": "udp",
        "source_address": "198.51.100.1", "source_port": 111,
        "destination_address": "192.0.2.1", "destination_port": 111,
    }


def test_the_same_seed_gives_the_same_probes_but_another_nonce(drawn):
    one, other = drawn(), drawn()
    assert one.batches == other.batches
    assert one.nonce != other.nonce
    assert Schedule(**one.document()) == one


def test_hosts_without_a_family_in_common(drawn):
    found = drawn({"c2": {"fleet_ports_addresses": "2001:db8::2"}})
    assert "c2" not in {probe["to"] for probe in found.probes}
    why = "the hosts have no address family in common, IPv4 or IPv6"
    assert {"from": "c2", "to": "m", "flows": [], "why": why} in found.untestable


def test_ipv6_alone_is_enough(drawn):
    addresses = {"m": "2001:db8::1", "c1": "2001:db8::11"}
    found = drawn({name: {"fleet_ports_addresses": address} for name, address in addresses.items()})
    assert {probe["source_address"] for probe in found.probes if "c1" in (probe["from"], probe["to"])} == set(
        addresses.values()
    )


def test_a_host_that_is_known_by_its_networks(drawn):
    found = drawn({"c1": {"fleet_ports_addresses": "203.0.113.0/24"}})
    assert found.untestable[0] == {
        "from": "c1", "to": "m", "flows": [],
        "why": "c1: only networks are known; set ansible_host to an address in them",
    }


def test_how_long_it_takes():
    batch = [{"from": "m", "to": f"c{number % 3}"} for number in range(401)] + [{"from": "c1", "to": "m"}]
    assert seconds_to_send(batch, 200) == 3
    assert seconds_to_listen(batch, 200) == 60 + 6 * 4 + 4 * 3
    assert seconds_to_listen(batch, 1) == 900
