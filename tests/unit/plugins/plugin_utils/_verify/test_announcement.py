# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said before the first packet."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import announcement
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Choice, Pair
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Schedule
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.station import Station

HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"},
         "alone": {"ansible_host": "192.0.2.4", "nim_domain": "other"}}
GROUPS = {"all": list(HOSTS), "nim_masters": ["m", "alone"], "nim_clients": ["c"]}
JOINED = Choice([Pair("m", "c")], [], ["other"])


def noted(fleet, choice=JOINED, left_out=0, window=None, phases=PHASES):
    hosts = {name: {**variables, "nim_firewall_window": window} for name, variables in HOSTS.items()}
    plans = fleet(GROUPS, hosts).plans(GROUPS["all"])
    stations = {name: Station(plans[name], (), "") for pair in choice.pairs for name in pair.hosts}
    return list(announcement.notes(plans, stations, choice, phases, len(plans) + left_out))


def test_how_many_and_how_long():
    probe = {"from": "m", "to": "c", "expect": "pass"}
    schedule = Schedule("5eed", 2, batches=[[probe, probe, {**probe, "expect": "drop"}], [probe]], notes=["a note"])
    assert announcement.lines(schedule, JOINED) == [
        "4 probes between 1 pair of hosts: 3 must pass, 1 must not.",
        "2 batches; 2 packets a second and host at most, so about 3 s of sending. Seed 5eed.",
        "a note",
    ]


def test_nothing_to_prove(fleet):
    nothing = Choice([], [], ["default", "other"])
    assert announcement.lines(Schedule("5eed", 2), nothing) == ["Nothing to prove: no packet is sent."]
    assert noted(fleet, nothing) == ["No two hosts of this run exchange flows in the domains default, other."]


def test_a_domain_without_a_pair_and_flows_without_an_address(fleet):
    assert noted(fleet) == [
        "No two hosts of this run exchange flows in the domain other.",
        "Not testable between hosts that have addresses: bootp-broadcast-request, bootp-broadcast-reply.",
    ]


def test_clients_and_hosts_that_are_left_out(fleet):
    found = noted(fleet, Choice([Pair("m", "c")], [("m", 400, 50)], []), left_out=2)
    assert found[0] == "m: 50 of its 400 clients, drawn by the seed."
    assert found[1] == (
        "Left out by --limit or fleet_ports_hosts: 2 hosts with a role, and each pair with one; "
        "to probe certain hosts with all of their pairs, give -e fleet_ports_verify_hosts=HOST,… instead."
    )


def test_flows_of_a_window(fleet):
    [found] = [note for note in noted(fleet, window="2h") if "window" in note]
    phases = "boot, transfer, mount"
    assert found == f"Not tried, because open only during a window (nim_firewall_window): NIM's phases {phases}."


def test_of_phases_that_are_not_asked_about_nothing_is_said(fleet):
    other = "No two hosts of this run exchange flows in the domain other."
    assert noted(fleet, phases=("operate",)) == [other]
    assert noted(fleet, window="2h", phases=("operate", "mount")) == [
        other, "Not tried, because open only during a window (nim_firewall_window): NIM's phase mount."
    ]
