# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sender finds out, over the loopback interface: who answers, who refuses, who is silent, what can't be sent."""

import os
import signal
import socket
import struct
import tempfile
import threading
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.heard import HeardProbes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening_sockets import ListeningSockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends
from ansible_collections.fleet.ports.plugins.module_utils._probe.sender.sender import Sender

NONCE = bytes(range(8))
KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}
BY_A_SERVICE = "by a service, not by the listener"

tcp_only = pytest.mark.parametrize("protocol", ["tcp"])
udp_only = pytest.mark.parametrize("protocol", ["udp"])


@pytest.fixture(params=["tcp", "udp"])
def protocol(request):
    return request.param


@pytest.fixture(autouse=True)
def folders(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(rendezvous, "PARENT", folder)
        yield


def free(protocol, address):
    """A port that is free at the address."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, KINDS[protocol]) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            pytest.skip("no IPv6 here")
        return sock.getsockname()[1]


def ends(protocol, source="127.0.0.2", destination="127.0.0.3"):
    return Ends(protocol, source, free(protocol, source), destination, free(protocol, destination))


@pytest.fixture
def listen():
    """Start a listener for some probes; return what collects from it."""
    pids = []

    def listen(*probes):
        wanted = {one: [number] for number, one in enumerate(probes)}
        listening = ListeningSockets(NONCE, wanted)
        daemon.start(NONCE, listening, HeardProbes(NONCE, wanted), 30)
        listening.close()
        pids.append(rendezvous.of_run(NONCE).listener()[0])
        return lambda: daemon.collect(NONCE)

    yield listen
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)


def send(*probes, **options):
    # Time enough for a busy machine; what ends in silence says that it can be shorter.
    settings = dict(dict(timeout=10, rate=1000, listener_endpoints=set()), **options)
    sender = Sender(NONCE, probes, **settings)
    sender.run()
    return sender


@pytest.fixture
def service(protocol):
    """A program's socket, and the ends of a probe to it."""
    with socket.socket(socket.AF_INET, KINDS[protocol]) as sock:
        sock.bind(("127.0.0.3", 0))
        if protocol == "tcp":
            sock.listen(1)
        yield sock, Ends(protocol, "127.0.0.2", free(protocol, "127.0.0.2"), *sock.getsockname())


def in_background(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("source, destination", [("127.0.0.2", "127.0.0.3"), ("::1", "::1")])
def test_a_listener_answers(protocol, listen, source, destination):
    probe = ends(protocol, source, destination)
    collect = listen(probe)
    assert send(probe).outcomes == {probe: ("answered", "")}
    assert collect() == dict(heard=[0], displaced={}, strangers=0)


def test_a_second_run_at_once_finds_the_same(protocol, listen):
    probe = ends(protocol)
    collect = listen(probe)
    for _time in range(3):
        assert send(probe).outcomes == {probe: ("answered", "")}
    assert collect()["heard"] == [0]


def test_a_port_can_be_listened_on_and_sent_from_at_once(protocol, listen):
    there = ends(protocol)
    # To both ports of the first probe, and from them, with other partners.
    back = there._replace(
        source=there.destination, source_port=there.destination_port, destination=there.source,
        destination_port=free(protocol, there.source),
    )  # fmt: skip
    to_its_source = there._replace(
        source=there.destination, source_port=free(protocol, there.destination), destination=there.source,
        destination_port=there.source_port,
    )  # fmt: skip
    probes = [there, back, to_its_source]
    collect = listen(*probes)
    sender = send(*probes, listener_endpoints={probe.destination_endpoint for probe in probes})
    assert sender.obstacles == {}
    assert {outcome for outcome, _detail in sender.outcomes.values()} == {"answered"}
    assert collect()["heard"] == [0, 1, 2]


def test_many_probes_from_one_port(protocol, listen):
    first = ends(protocol)
    probes = [first._replace(destination_port=free(protocol, "127.0.0.3")) for _number in range(50)]
    probes = sorted(set(probes))
    collect = listen(*probes)
    assert {outcome for outcome, _detail in send(*probes).outcomes.values()} == {"answered"}
    assert collect()["heard"] == list(range(len(probes)))


def test_a_closed_port_refuses(protocol):
    probe = ends(protocol)
    outcome, detail = send(probe).outcomes[probe]
    assert outcome == "refused"
    assert detail == {"tcp": "connection reset", "udp": "port unreachable"}[protocol]


@udp_only
def test_a_service_that_is_silent(service):
    _sock, probe = service
    assert send(probe, timeout=0.3).outcomes == {probe: ("silent", "")}


@udp_only
def test_a_probe_is_sent_three_times_if_it_is_not_answered(service):
    sock, probe = service
    began = time.monotonic()
    send(probe, timeout=0.3)
    assert 0.3 <= time.monotonic() - began
    sock.setblocking(False)
    assert [sock.recv(100) for _time in range(3)] == [messages.question(NONCE, probe)] * 3
    with pytest.raises(BlockingIOError):
        sock.recv(100)


@udp_only
@pytest.mark.parametrize(
    "stray",
    [
        lambda question, probe: b"hello",
        lambda question, probe: question,
        lambda question, probe: messages.answer(NONCE[::-1], probe),
        lambda question, probe: messages.answer(NONCE, probe._replace(source_port=1)),
    ],
)
def test_a_stray_answer_does_not_count(service, stray):
    sock, probe = service

    def answer():
        question, peer = sock.recvfrom(100)
        sock.sendto(stray(question, probe), peer)

    in_background(answer)
    assert send(probe, timeout=0.3).outcomes == {probe: ("silent", "")}


@udp_only
def test_the_reply_of_an_rpc_service_counts(service):
    sock, probe = service

    def reply():
        question, peer = sock.recvfrom(100)
        sock.sendto(question[:4] + struct.pack(">5I", 1, 0, 0, 0, 1), peer)

    in_background(reply)
    assert send(probe).outcomes == {probe: ("answered", BY_A_SERVICE)}


@tcp_only
@pytest.mark.parametrize("greets_with", ["nothing", "words", "the proof of another run"])
def test_a_real_service_accepts_and_receives_no_data(service, greets_with):
    sock, probe = service
    proof = messages.answer(NONCE[::-1], probe)
    greeting = {"nothing": b"", "words": b"220 ready\r\n", "the proof of another run": proof}[greets_with]
    heard = []

    def serve():
        connection, _peer = sock.accept()
        with connection:
            connection.send(greeting)
            try:
                heard.append(connection.recv(100))
            except ConnectionResetError:
                heard.append(b"")

    serving = in_background(serve)
    assert send(probe, timeout=0.3).outcomes == {probe: ("answered", BY_A_SERVICE)}
    serving.join(5)
    assert heard == [b""]


@tcp_only
def test_a_service_can_be_probed_again_at_once(service):
    _sock, probe = service
    for _time in range(2):
        sender = send(probe, timeout=0.3)
        assert (sender.outcomes, sender.obstacles) == ({probe: ("answered", BY_A_SERVICE)}, {})


@tcp_only
def test_a_service_that_closes_has_accepted(service):
    sock, probe = service

    def hang_up():
        sock.accept()[0].close()

    in_background(hang_up)
    assert send(probe).outcomes == {probe: ("answered", BY_A_SERVICE)}


def test_an_unexpected_connection_is_a_stranger(listen):
    probe = ends("tcp")
    collect = listen(probe)
    with pytest.raises(ConnectionResetError):
        with socket.create_connection((probe.destination, probe.destination_port), timeout=5) as connection:
            connection.recv(100)
    assert collect() == dict(heard=[], displaced={}, strangers=1)


def test_a_connection_that_says_the_wrong_thing_is_a_stranger(listen):
    probe = ends("tcp")
    collect = listen(probe)
    with socket.socket() as sock:
        sock.settimeout(5)
        sock.bind((probe.source, probe.source_port))
        sock.connect((probe.destination, probe.destination_port))
        assert sock.recv(100) == messages.answer(NONCE, probe)
        sock.send(b"hello")
        with pytest.raises(ConnectionResetError):
            sock.recv(100)
    assert collect() == dict(heard=[], displaced={}, strangers=1)


def test_a_source_port_in_use(protocol, monkeypatch):
    owner = port_owners.Owner(protocol, "127.0.0.2", 1, 12, "dnsmasq", "dnsmasq.service", False)
    monkeypatch.setattr(port_owners, "owners", lambda _port, _protocol: [owner])
    with socket.socket(socket.AF_INET, KINDS[protocol]) as sock:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
        sock.bind(("127.0.0.2", 0))
        if protocol == "tcp":
            sock.listen(1)
        probe = ends(protocol)._replace(source_port=sock.getsockname()[1])
        sender = send(probe)
    assert sender.outcomes == {}
    assert sender.obstacles == {
        probe: f"source port {probe.source_endpoint} is in use here by dnsmasq (PID 12, unit dnsmasq.service)"
    }


def test_a_source_address_of_another_host(protocol):
    probe = ends(protocol)._replace(source="203.0.113.1")
    assert send(probe).obstacles == {probe: "203.0.113.1 is not an address of this host"}


def test_a_source_without_an_address(protocol):
    probe = ends(protocol)._replace(source="0.0.0.0")
    assert send(probe).obstacles == {
        probe: "a host with an address cannot send from the unspecified address; probe from an address of this host"
    }


@pytest.mark.parametrize("rate", [100, 400])
def test_no_more_packets_in_a_second_than_asked_for(protocol, listen, rate):
    probes = sorted({ends(protocol) for _number in range(40)})
    collect = listen(*probes)
    began = time.monotonic()
    sender = send(*probes, rate=rate)
    assert time.monotonic() - began >= (len(probes) - 1) / rate - 0.05
    assert {outcome for outcome, _detail in sender.outcomes.values()} == {"answered"}
    collect()


def test_one_probe_that_cannot_be_sent_costs_the_others_nothing(protocol, listen):
    good, bad = ends(protocol), ends(protocol)._replace(source="203.0.113.1")
    collect = listen(good)
    sender = send(bad, good)
    assert (list(sender.obstacles), list(sender.outcomes)) == ([bad], [good])
    assert collect()["heard"] == [0]
