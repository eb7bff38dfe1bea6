# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host can listen with: free ports are taken, occupied ones are named and used, and files do not run out."""

import resource
import socket
import struct
import threading

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import port_users, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import listening
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening import Stage
from ansible_collections.fleet.ports.plugins.module_utils._probe.port_users import HOLDER, PROBE, SERVICE, Occupant
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

NONCE = bytes(range(8))
KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


class Silent:
    """An ear that is not opened: a raw socket is root's."""

    def __init__(self, protocol, family):
        self.protocol, self.family = protocol, family
        self.socket = socket.socket()


@pytest.fixture(autouse=True)
def ears(monkeypatch):
    monkeypatch.setattr(listening, "Ear", Silent)


@pytest.fixture
def stage():
    stages = []

    def stage(*probes):
        stages.append(Stage(NONCE, {ends: [number] for number, ends in enumerate(probes)}))
        return stages[-1]

    yield stage
    for one in stages:
        one.close()


@pytest.fixture(params=["tcp", "udp"])
def service(request):
    """A program that has a port."""
    with socket.socket(socket.AF_INET, KINDS[request.param]) as sock:
        sock.bind(("127.0.0.3", 0))
        if request.param == "tcp":
            sock.listen(1)
        yield to(request.param, sock)


def to(protocol, sock):
    return Ends(protocol, "127.0.0.2", 600, *sock.getsockname()[:2])


def occupy(monkeypatch, kind, text):
    monkeypatch.setattr(port_users, "find", lambda _place: Occupant(kind, text))


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.3"), (socket.AF_INET6, "::1")])
def test_a_free_port_is_listened_on_once(stage, protocol, family, address):
    try:
        with socket.socket(family, KINDS[protocol]) as sock:
            sock.bind((address, 0))
            ends = Ends(protocol, address, 600, address, sock.getsockname()[1])
    except OSError:
        pytest.skip("no IPv6 here")
    opened = stage(ends, ends._replace(source_port=601))
    assert list(opened.sockets) == [ends.here]
    assert (opened.served, opened.obstacles) == ({}, {})


def test_nobody_gets_in_beside_the_listener(stage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        ends = to("udp", sock)
    stage(ends)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        with pytest.raises(OSError):
            other.bind((ends.destination, ends.destination_port))


def test_the_listener_does_not_get_in_beside_a_service_that_shares(stage, monkeypatch):
    occupy(monkeypatch, SERVICE, "in use here by dnsmasq")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sharing:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            sharing.setsockopt(socket.SOL_SOCKET, option, 1)
        sharing.bind(("0.0.0.0", 0))
        opened = stage(Ends("udp", "127.0.0.2", 600, "127.0.0.3", sharing.getsockname()[1]))
        assert opened.sockets == {}


@pytest.mark.parametrize("kind, text", [(SERVICE, "in use here by rpcbind (PID 12, no unit)"), (HOLDER, "held")])
def test_who_has_a_port_is_used_and_heard_beside(stage, monkeypatch, service, kind, text):
    monkeypatch.setattr(probe_sockets, "LINUX", True)
    occupy(monkeypatch, kind, text)
    opened = stage(service)
    assert opened.served == {service.here: f"port {service.here} is {text}"}
    assert opened.obstacles == {}
    assert [(ear.protocol, ear.family) for ear in opened.ears] == [(service.protocol, socket.AF_INET)]


def test_another_probe_is_not_used(stage, monkeypatch, service):
    occupy(monkeypatch, PROBE, "in use here by another probe (PID 9)")
    opened = stage(service)
    assert opened.obstacles == {service.here: f"port {service.here} is in use here by another probe (PID 9)"}
    assert (opened.served, opened.ears) == ({}, [])


def test_an_address_of_somebody_else(stage):
    ends = Ends("udp", "203.0.113.1", 600, "203.0.113.2", 601)
    assert stage(ends).obstacles == {ends.here: "203.0.113.2 is not an address of this host"}


class Answering(threading.Thread):
    """A UDP service that replies once as RPC services do to a program that they don't have."""

    def __init__(self, sock):
        super(Answering, self).__init__(daemon=True)
        self.sock = sock

    def run(self):
        data, peer = self.sock.recvfrom(100)
        self.sock.sendto(data[:4] + struct.pack(">5I", 1, 0, 0, 0, 1), peer)


def test_where_nothing_is_heard_beside_an_rpc_service_is_used(stage, monkeypatch):
    monkeypatch.setattr(probe_sockets, "LINUX", False)
    occupy(monkeypatch, SERVICE, "in use here by rpcbind")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        Answering(sock).start()
        opened = stage(to("udp", sock))
        assert list(opened.served) == [to("udp", sock).here]
        assert (opened.obstacles, opened.ears) == ({}, [])


def test_where_nothing_is_heard_beside_a_silent_service_is_in_the_way(stage, monkeypatch):
    monkeypatch.setattr(probe_sockets, "LINUX", False)
    monkeypatch.setattr(listening, "SECONDS_FOR_AN_ANSWER", 0.1)
    occupy(monkeypatch, SERVICE, "in use here by a program")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        here = to("udp", sock).here
        text = f"port {here} is in use here by a program, which answers no probe; stop it and probe again"
        assert stage(to("udp", sock)).obstacles == {here: text}


def test_a_host_that_gives_no_raw_socket_is_as_one_where_nothing_is_heard(stage, monkeypatch):
    def refuse(_protocol, _family):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(listening, "Ear", refuse)
    monkeypatch.setattr(listening, "SECONDS_FOR_AN_ANSWER", 0.1)
    occupy(monkeypatch, SERVICE, "in use here by a program")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        assert list(stage(to("udp", sock)).obstacles) == [to("udp", sock).here]


@pytest.fixture
def limit(monkeypatch):
    """Of open files, as this process would have it."""
    limits = {}
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda _which, new: limits.update(now=new))
    return limits


@pytest.mark.parametrize(
    "before, after",
    [
        ((1024, 4096), (3000, 4096)),
        ((3000, 4096), (3000, 4096)),
        ((1024, resource.RLIM_INFINITY), (3000, resource.RLIM_INFINITY)),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    ],
)
def test_the_limit_of_files_is_raised_as_far_as_needed(limit, before, after):
    limit["now"] = before
    listening.allow_files(3000)
    assert limit["now"] == after


def test_more_files_than_a_host_allows(limit):
    limit["now"] = (1024, 2048)
    with pytest.raises(HostError) as caught:
        listening.allow_files(3000)
    assert str(caught.value) == (
        "These probes take 3000 open files at once, and this host allows a process 2048; probe in smaller batches."
    )


def test_nothing_stays_open_if_the_stage_fails(monkeypatch, service):
    opened = []
    monkeypatch.setattr(probe_sockets, "listening", lambda _place: opened.append(socket.socket()) or opened[-1])

    def fail(*_arguments):
        raise HostError("no")

    monkeypatch.setattr(Stage, "_use", fail)
    with pytest.raises(HostError):
        Stage(NONCE, {service: [1]})
    assert [sock.fileno() for sock in opened] == [-1]
