# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes between hosts: past a real packet filter, to real services, to held ports and to a simulated AIX host."""

from __future__ import annotations

import secrets

import pytest

pytestmark = pytest.mark.any_core

BMC, CLIENT, AIX = "bmc01", "client02", "aixclient01"
ADDRESSES = {BMC: "198.51.100.21", CLIENT: "198.51.100.12", AIX: "198.51.100.31"}
HOLDS = [{"port": port, "protocol": protocol} for port in (623, 664) for protocol in ("tcp", "udp")]
BY_A_SERVICE = "by a service, not by the listener"

# What is sent, by its name: from and to which host and port.
PROBES = {
    "tcp to the client that drops": ("tcp", BMC, 700, CLIENT, 701),
    "udp to the client that drops": ("udp", BMC, 700, CLIENT, 701),
    "tcp from the client": ("tcp", CLIENT, 1023, BMC, 513),
    "udp from the client": ("udp", CLIENT, 1023, BMC, 513),
    "tcp to a held port": ("tcp", CLIENT, 1022, BMC, 623),
    "udp to a held port": ("udp", CLIENT, 1022, BMC, 623),
    "tcp from a held port": ("tcp", BMC, 664, AIX, 702),
    "udp from a held port": ("udp", BMC, 664, AIX, 702),
    "tcp to rpcbind": ("tcp", CLIENT, 1021, BMC, 111),
    "udp to rpcbind": ("udp", CLIENT, 1021, BMC, 111),
    "tcp to aix": ("tcp", CLIENT, 1020, AIX, 514),
    "udp to aix": ("udp", CLIENT, 1020, AIX, 514),
    "tcp to a port that aix sends from": ("tcp", BMC, 1019, AIX, 1018),
    "udp to a port that aix sends from": ("udp", BMC, 1019, AIX, 1018),
    "tcp from aix": ("tcp", AIX, 1018, BMC, 1017),
    "udp from aix": ("udp", AIX, 1018, BMC, 1017),
}
NUMBERS = {name: number for number, name in enumerate(PROBES)}


def probes(host: str, end: int) -> list[dict]:
    """The probes that a host sends (1) or receives (3)."""
    return [
        {
            "id": NUMBERS[name], "protocol": probe[0], "source_address": ADDRESSES[probe[1]], "source_port": probe[2],
            "destination_address": ADDRESSES[probe[3]], "destination_port": probe[4],
        }
        for name, probe in PROBES.items() if probe[end] == host
    ]  # fmt: skip


@pytest.fixture(scope="module")
def run(lab, playbook):
    """Hold the ports of the BMC, and make one run of all probes; give the ports back at the end."""
    lab.renew(*ADDRESSES)
    nonce = {"nonce": secrets.token_hex(16)}
    given = {
        "receives": {host: probes(host, 3) for host in ADDRESSES}, "sends": {host: probes(host, 1) for host in ADDRESSES}
    }
    steps = [
        {**nonce, "mode": "listen", "probes": "{{ receives[inventory_hostname] }}"},
        {**nonce, "mode": "send", "probes": "{{ sends[inventory_hostname] }}"},
        {**nonce, "mode": "collect"},
    ]
    hold = {"fleet.ports.port_holds": {"holds": HOLDS}, "when": f"inventory_hostname == '{BMC}'"}
    done = playbook([{
        "hosts": list(ADDRESSES), "gather_facts": False, "become": True, "vars": given,
        "tasks": [hold, *({"fleet.ports.flow_probe": step} for step in steps)],
    }])  # fmt: skip
    assert done.status == 0, done.output
    yield [task["result"] for task in done.tasks if task["action"].endswith("flow_probe")]
    lab.renew(BMC)


def named(results: list[dict], key: str) -> dict[str, str]:
    """What all hosts found under a key, by the name of the probe."""
    found = {number: text for result in results for number, text in result.get(key, {}).items()}
    return {name: found[str(number)] for name, number in NUMBERS.items() if str(number) in found}


def test_what_is_heard_is_what_the_packet_filters_let_in(run):
    heard = {number for result in run for number in result.get("heard", [])}
    not_heard = {name for name, number in NUMBERS.items() if number not in heard}
    assert not_heard == {
        "tcp to the client that drops",
        "udp to the client that drops",
        "tcp from a held port",
        "udp from a held port",
    }


def test_what_becomes_of_each_probe(run):
    outcomes = named(run, "outcomes")
    assert {name: outcome for name, outcome in outcomes.items() if outcome != "answered"} == {
        "tcp to the client that drops": "silent",
        "udp to the client that drops": "silent",
        "tcp to a held port": "refused",
        "udp to a held port": "silent",
    }
    assert set(PROBES) - set(outcomes) == {"tcp from a held port", "udp from a held port"}


def test_real_services_are_used(run):
    served = named(run, "served")
    assert set(served) == {name for name in PROBES if " to rpcbind" in name or " to a held" in name}
    assert served["udp to rpcbind"].startswith("port 111/udp is in use here by rpcbind (PID ")
    assert served["tcp to a held port"] == "port 623/tcp is held (fleet.ports)"
    details = named(run, "details")
    assert {name for name, text in details.items() if text == BY_A_SERVICE} == {
        name for name in PROBES if " to rpcbind" in name
    }


def test_what_cannot_be_sent_is_said(run):
    assert named(run, "obstacles") == {
        f"{protocol} from a held port": f"source port 664/{protocol} is held (fleet.ports)"
        for protocol in ("tcp", "udp")
    }


def test_nothing_is_left(run, host):
    for name in ADDRESSES:
        assert host(name).run("ls /tmp | grep fleet.ports-probe || true") == ""
        assert host(name).run("ss -Hlnp | grep -E ':(513|514|702|1017|1018) ' || true") == ""
