# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host can listen with: free ports are taken, occupied ones are named and used, and files do not run out."""

import socket
import struct
import threading

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import occupants, probe_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import listening_sockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening_sockets import ListeningSockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.occupants import HOLDER, PROBE, SERVICE, Occupant
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

NONCE = bytes(range(8))
KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


class Silent:
    """An sniffer that is not opened: a raw socket is root's."""

    def __init__(self, protocol, family):
        self.protocol, self.family = protocol, family
        self.socket = socket.socket()


@pytest.fixture(autouse=True)
def sniffers(monkeypatch):
    monkeypatch.setattr(listening_sockets, "PacketSniffer", Silent)


@pytest.fixture
def listening():
    opened_sockets = []

    def listening(*probes):
        opened_sockets.append(ListeningSockets(NONCE, {ends: [number] for number, ends in enumerate(probes)}))
        return opened_sockets[-1]

    yield listening
    for one in opened_sockets:
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
    monkeypatch.setattr(occupants, "find", lambda _place: Occupant(kind, text))


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.3"), (socket.AF_INET6, "::1")])
def test_a_free_port_is_listened_on_once(listening, protocol, family, address):
    try:
        with socket.socket(family, KINDS[protocol]) as sock:
            sock.bind((address, 0))
            ends = Ends(protocol, address, 600, address, sock.getsockname()[1])
    except OSError:
        pytest.skip("no IPv6 here")
    opened = listening(ends, ends._replace(source_port=601))
    assert list(opened.sockets) == [ends.destination_endpoint]
    assert (opened.served, opened.obstacles) == ({}, {})


def test_the_port_of_the_listener_cannot_be_bound(listening):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        ends = to("udp", sock)
    listening(ends)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        with pytest.raises(OSError):
            other.bind((ends.destination, ends.destination_port))


def test_the_listener_does_not_share_the_port_of_a_service(listening, monkeypatch):
    occupy(monkeypatch, SERVICE, "in use here by dnsmasq")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sharing:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            sharing.setsockopt(socket.SOL_SOCKET, option, 1)
        sharing.bind(("0.0.0.0", 0))
        opened = listening(Ends("udp", "127.0.0.2", 600, "127.0.0.3", sharing.getsockname()[1]))
        assert opened.sockets == {}


@pytest.mark.parametrize("kind, text", [(SERVICE, "in use here by rpcbind (PID 12, no unit)"), (HOLDER, "held")])
def test_the_occupant_of_a_port_is_used_and_its_packets_are_sniffed(listening, monkeypatch, service, kind, text):
    monkeypatch.setattr(probe_sockets, "LINUX", True)
    occupy(monkeypatch, kind, text)
    opened = listening(service)
    assert opened.served == {service.destination_endpoint: f"port {service.destination_endpoint} is {text}"}
    assert opened.obstacles == {}
    assert [(sniffer.protocol, sniffer.family) for sniffer in opened.sniffers] == [(service.protocol, socket.AF_INET)]


def test_another_probe_is_not_used(listening, monkeypatch, service):
    occupy(monkeypatch, PROBE, "in use here by another probe (PID 9)")
    opened = listening(service)
    assert opened.obstacles == {service.destination_endpoint: f"port {service.destination_endpoint} is in use here by another probe (PID 9)"}
    assert (opened.served, opened.sniffers) == ({}, [])


def test_an_address_of_another_host(listening):
    ends = Ends("udp", "203.0.113.1", 600, "203.0.113.2", 601)
    assert listening(ends).obstacles == {ends.destination_endpoint: "203.0.113.2 is not an address of this host"}


class Answering(threading.Thread):
    """A UDP service that replies once as RPC services do to a program that they don't have."""

    def __init__(self, sock):
        super(Answering, self).__init__(daemon=True)
        self.sock = sock

    def run(self):
        data, peer = self.sock.recvfrom(100)
        self.sock.sendto(data[:4] + struct.pack(">5I", 1, 0, 0, 0, 1), peer)


def test_without_a_sniffer_an_rpc_service_is_used(listening, monkeypatch):
    monkeypatch.setattr(probe_sockets, "LINUX", False)
    occupy(monkeypatch, SERVICE, "in use here by rpcbind")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        Answering(sock).start()
        opened = listening(to("udp", sock))
        assert list(opened.served) == [to("udp", sock).destination_endpoint]
        assert (opened.obstacles, opened.sniffers) == ({}, [])


def test_without_a_sniffer_a_silent_service_is_an_obstacle(listening, monkeypatch):
    monkeypatch.setattr(probe_sockets, "LINUX", False)
    monkeypatch.setattr(listening_sockets, "SECONDS_FOR_AN_ANSWER", 0.1)
    occupy(monkeypatch, SERVICE, "in use here by a program")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        here = to("udp", sock).destination_endpoint
        text = f"port {here} is in use here by a program, which does not answer probes; stop it and probe again"
        assert listening(to("udp", sock)).obstacles == {here: text}


def test_without_permission_for_raw_sockets_there_is_no_sniffer(listening, monkeypatch):
    def refuse(_protocol, _family):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(listening_sockets, "PacketSniffer", refuse)
    monkeypatch.setattr(listening_sockets, "SECONDS_FOR_AN_ANSWER", 0.1)
    occupy(monkeypatch, SERVICE, "in use here by a program")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        assert list(listening(to("udp", sock)).obstacles) == [to("udp", sock).destination_endpoint]


def test_all_sockets_are_closed_after_an_error(monkeypatch, service):
    opened = []
    monkeypatch.setattr(probe_sockets, "listening", lambda _place: opened.append(socket.socket()) or opened[-1])

    def fail(*_arguments):
        raise HostError("no")

    monkeypatch.setattr(ListeningSockets, "_use_occupants", fail)
    with pytest.raises(HostError):
        ListeningSockets(NONCE, {service: [1]})
    assert [sock.fileno() for sock in opened] == [-1]
