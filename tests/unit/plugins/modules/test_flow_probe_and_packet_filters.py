# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes against real packet filters and occupied ports, each time in a network namespace of its own."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.modules import flow_probe

# The folder above ansible_collections: a test runner may find the collection by means that a new process lacks.
ROOT = str(pathlib.Path(flow_probe.__file__).parents[5])

# Inside of the namespace: set up, listen, send, collect, tear nothing down: the namespace goes with its last process.
PROGRAM = """
import json, os, socket, subprocess, sys
from ansible_collections.fleet.ports.plugins.module_utils._probe import probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon
from ansible_collections.fleet.ports.plugins.modules import flow_probe

asked = json.load(sys.stdin)
for command in ["ip link set lo up"] + asked["commands"]:
    subprocess.check_call(command, shell=True)
occupied = []
for protocol, address, port, listens in asked["occupied"]:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, probes.SOCKET_TYPES[protocol])
    sock.bind((address, port))
    if listens:
        sock.listen(5)
    occupied.append((protocol, sock))
nonce, asked_probes = os.urandom(8), probes.parse(asked["probes"])
result = {"listen": flow_probe.listen(nonce, asked_probes, 60)}
result["send"] = flow_probe.send(nonce, asked_probes, asked["timeout"], 10000)
result["collect"] = daemon.collect(nonce)
result["received"] = 0
for protocol, sock in occupied:
    sock.setblocking(False)
    try:
        while protocol == "udp":
            sock.recv(100)
            result["received"] += 1
    except BlockingIOError:
        pass
json.dump(result, sys.stdout)
"""

CHAINS = [
    "nft add table inet probed",
    "nft 'add chain inet probed input {type filter hook input priority 0;}'",
    "nft 'add chain inet probed output {type filter hook output priority 0;}'",
]


def run_in_namespace(*argv, **options):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + [path for path in sys.path if path]))
    return subprocess.check_output(
        ("unshare", "--net") + argv, universal_newlines=True, env=environment, timeout=60, **options
    )


@pytest.fixture(scope="module", autouse=True)
def namespaces():
    try:
        run_in_namespace("sh", "-c", "ip link set lo up && nft list ruleset", stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs root, network namespaces and nft")


def probe(number, protocol, port=700, source="127.0.0.2", destination="127.0.0.3", source_port=600):
    return dict(
        id=number,
        protocol=protocol,
        source_address=source,
        source_port=source_port,
        destination_address=destination,
        destination_port=port,
    )


def play(probes, rules=(), occupied=(), timeout=1, commands=()):
    filters = CHAINS + ["nft add rule inet probed " + rule for rule in rules] if rules else []
    asked = dict(commands=list(commands) + filters, occupied=occupied, probes=probes, timeout=timeout)
    return json.loads(run_in_namespace(sys.executable, "-c", PROGRAM, input=json.dumps(asked)))


@pytest.mark.parametrize(
    "rule, outcomes, details",
    [
        ("input drop", ("silent", "silent"), (None, None)),
        (
            "input meta l4proto {tcp, udp} reject with icmpx admin-prohibited",
            ("prohibited", "prohibited"),
            ("communication administratively prohibited, reported by 127.0.0.3",) * 2,
        ),
        ("input tcp dport 700 reject with tcp reset", ("refused", "answered"), ("connection reset", None)),
        (
            "input meta l4proto {tcp, udp} reject",
            ("prohibited", "refused"),
            ("port unreachable, reported by 127.0.0.3", "port unreachable"),
        ),
        (
            "output ip daddr 127.0.0.3 drop",
            ("silent", "prohibited"),
            (None, "the packet filter of this host drops the outgoing packet"),
        ),
    ],
)
def test_what_a_packet_filter_stops(rule, outcomes, details):
    result = play([probe(1, "tcp"), probe(2, "udp")], [rule])
    assert result["send"]["outcomes"] == dict(zip("12", outcomes))
    assert result["send"]["details"] == {number: text for number, text in zip("12", details) if text}
    assert result["collect"]["heard"] == [number for number, outcome in zip((1, 2), outcomes) if outcome == "answered"]


def test_a_rule_stops_its_own_ports_only():
    probes = [probe(port, protocol, port) for protocol, port in (("tcp", 512), ("tcp", 513), ("udp", 514), ("udp", 515))]
    result = play(probes, ["input tcp dport 512 drop", "input udp dport 515 drop"])
    assert result["collect"]["heard"] == [513, 514]


# An answer that gets lost on its way back.
def test_what_is_heard_may_still_be_silent():
    result = play([probe(1, "udp")], ["input udp sport 700 drop"])
    assert (result["send"]["outcomes"], result["collect"]["heard"]) == ({"1": "silent"}, [1])


@pytest.mark.parametrize("address, source", [("127.0.0.3", "127.0.0.2"), ("::1", "::1"), ("0.0.0.0", "127.0.0.2")])
def test_a_udp_service_keeps_its_port_and_is_heard_beside(address, source):
    destination = "127.0.0.3" if address == "0.0.0.0" else address
    result = play([probe(1, "udp", source=source, destination=destination)], occupied=[("udp", address, 700, False)])
    assert result["listen"]["listening"] == 0
    assert result["listen"]["served"]["1"].startswith("port 700/udp is in use here by ")
    assert result["collect"]["heard"] == [1]
    assert result["received"] == 3


def test_a_udp_service_hears_no_more_than_the_packet_filter_lets_through():
    result = play([probe(1, "udp")], ["input udp dport 700 drop"], occupied=[("udp", "127.0.0.3", 700, False)])
    assert (result["collect"]["heard"], result["received"]) == ([], 0)


@pytest.mark.parametrize("address, source", [("127.0.0.3", "127.0.0.2"), ("::1", "::1")])
@pytest.mark.parametrize("listens, outcome", [(True, "answered"), (False, "refused")])
def test_a_connection_request_to_a_port_in_use_is_heard(address, source, listens, outcome):
    # Without listening, a port is refused as one that the holder holds.
    result = play(
        [probe(1, "tcp", source=source, destination=address)], occupied=[("tcp", address, 700, listens)]
    )  # fmt: skip
    assert list(result["listen"]["served"]) == ["1"]
    assert result["send"]["outcomes"] == {"1": outcome}
    assert result["collect"] == dict(heard=[1], displaced={}, strangers=0)


def test_a_reset_of_a_packet_filter_is_told_apart_by_what_is_not_heard():
    result = play(
        [probe(1, "tcp")], ["input tcp dport 700 reject with tcp reset"], occupied=[("tcp", "127.0.0.3", 700, True)]
    )
    assert (result["send"]["outcomes"], result["collect"]["heard"]) == ({"1": "refused"}, [])


LINK = [
    "ip link add probed0 type veth peer name probed1",
    "ip address add 192.0.2.1/24 dev probed0",
    "ip link set probed0 up",
    "ip link set probed1 up",
]


@pytest.mark.parametrize("occupied", [[], [("udp", "0.0.0.0", 67, False)]])
def test_a_broadcast_is_heard_and_not_answered(occupied):
    broadcast = probe(1, "udp", 67, "192.0.2.1", "255.255.255.255", 68)
    result = play([broadcast], occupied=occupied, commands=LINK)
    assert result["send"]["outcomes"] == {"1": "silent"}
    assert result["send"]["details"] == {"1": "a broadcast is not answered"}
    assert result["collect"]["heard"] == [1]


def test_another_address_behind_a_translating_router_is_displaced():
    rules = [
        "nft 'add table ip translated'",
        "nft 'add chain ip translated out {type nat hook postrouting priority 100;}'",
        "nft add rule ip translated out ip saddr 127.0.0.2 udp sport 600 snat to 127.0.0.9:999",
    ]
    result = play([probe(1, "udp")], commands=rules)
    assert result["collect"] == dict(heard=[], displaced={"1": "127.0.0.9 port 999"}, strangers=0)
    assert result["send"]["outcomes"] == {"1": "silent"}


def test_a_peer_that_is_down_ends_in_time():
    result = play([probe(1, "tcp", source="192.0.2.1", destination="192.0.2.2")], commands=LINK)
    assert result["listen"]["obstacles"] == {"1": "192.0.2.2 is not an address of this host"}
    assert result["send"]["outcomes"] == {"1": "silent"}


def test_all_reserved_ports_both_ways_at_once():
    hosts = ("127.0.0.2", "127.0.0.3")
    probes = [
        probe(number, protocol, 513 + (port - 513 + step) % 511, source, destination, port)
        for number, (port, protocol, (source, destination, step)) in enumerate(
            (port, protocol, way)
            for port in range(513, 1024)
            for protocol in ("tcp", "udp")
            for way in (hosts + (1,), hosts[::-1] + (2,))
        )
    ]
    result = play(probes, timeout=10)
    assert (result["listen"]["listening"], result["listen"]["served"]) == (4 * 511, {})
    assert result["listen"]["obstacles"] == {}
    assert set(result["send"]["outcomes"].values()) == {"answered"}
    assert result["send"]["obstacles"] == {}
    assert result["collect"] == dict(heard=list(range(len(probes))), displaced={}, strangers=0)
