# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The announcement before the first packet."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import announcement
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Choice, Pair
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule

HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"},
         "alone": {"ansible_host": "192.0.2.4", "nim_domain": "other"}}
GROUPS = {"all": list(HOSTS), "nim_masters": ["m", "alone"], "nim_clients": ["c"]}
JOINED = Choice([Pair("m", "c")], [], ["other"])


def noted(fleet, choice=JOINED, left_out=0, window=None, phases=PHASES):
    hosts = {name: {**variables, "nim_firewall_window": window} for name, variables in HOSTS.items()}
    plans = fleet(GROUPS, hosts).plans(GROUPS["all"])
    endpoints = {name: Endpoint(plans[name], (), "") for pair in choice.pairs for name in pair.hosts}
    return list(announcement.notes(plans, endpoints, choice, phases, len(plans) + left_out))


def test_numbers_and_duration():
    probe = {"from": "m", "to": "c", "expect": "pass"}
    schedule = Schedule("5eed", 2, batches=[[probe, probe, {**probe, "expect": "drop"}], [probe]], notes=["a note"])
    assert announcement.lines(schedule, JOINED, wait=0) == [
        "4 probes between 1 pair of hosts: 3 of allowed traffic, 1 of forbidden traffic.",
        "2 batches, at most 2 packets a second from each host: about 3 s of sending. Seed 5eed.",
        "a note",
    ]


def test_nothing_to_verify(fleet):
    nothing = Choice([], [], ["default", "other"])
    assert announcement.lines(Schedule("5eed", 2), nothing, wait=9) == ["Nothing to verify: no packet is sent."]
    assert noted(fleet, nothing) == ["No two hosts of this run exchange flows in the domains default, other."]


def test_a_domain_without_a_pair_and_flows_without_an_address(fleet):
    assert noted(fleet) == [
        "No two hosts of this run exchange flows in the domain other.",
        "Flows of hosts without an address are not tested: bootp-broadcast-request, bootp-broadcast-reply.",
    ]


def test_excluded_clients_and_hosts(fleet):
    found = noted(fleet, Choice([Pair("m", "c")], [("m", 400, 50)], []), left_out=2)
    assert found[0] == "m: 50 of its 400 clients are tested, chosen by the seed."
    assert found[1] == (
        "--limit or fleet_ports_hosts excludes 2 hosts with a role, and all pairs with them. "
        "To test certain hosts with all of their pairs, use -e fleet_ports_verify_hosts=HOST,… instead."
    )


def test_flows_of_a_window(fleet):
    [found] = [note for note in noted(fleet, window="2h") if "window" in note]
    assert found == (
        "Flows that are open only during a window (nim_firewall_window) are not tested: phases boot, transfer, mount."
    )


def test_other_phases_are_not_mentioned(fleet):
    other = "No two hosts of this run exchange flows in the domain other."
    assert noted(fleet, phases=("operate",)) == [other]
    assert noted(fleet, window="2h", phases=("operate", "mount")) == [
        other, "Flows that are open only during a window (nim_firewall_window) are not tested: phase mount."
    ]


def test_a_wait_for_connection_tracking_is_announced():
    schedule = Schedule("5eed", 2, batches=[[{"from": "m", "to": "c", "expect": "pass"}]])
    assert announcement.lines(schedule, JOINED, wait=97)[2] == (
        "97 s of waiting first: packet filters may remember the packets of the last run."
    )
