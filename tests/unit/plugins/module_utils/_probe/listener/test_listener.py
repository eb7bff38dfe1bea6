# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop of the listener: two events of the same moment that interfere."""

import selectors
import socket

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, probes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import listener as listener_module
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.heard import HeardProbes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listener import Listener
from ansible_collections.fleet.ports.plugins.module_utils._probe.probe_sockets import RESET_ON_CLOSE

NONCE = bytes(range(8))


class OneSocket:
    """One socket that listens, with what may come to it."""

    def __init__(self, askers):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.3", 0))
        self.socket.listen(5)
        self.socket.setblocking(False)
        endpoint = probes.Endpoint("tcp", *self.socket.getsockname())
        self.sockets = {endpoint: self.socket}
        self.sniffers = []
        sources = [asker.getsockname() for asker in askers]
        self.probes = {
            probes.Ends("tcp", *source, endpoint.address, endpoint.port): [number]
            for number, source in enumerate(sources)
        }


class ByNumber(selectors.DefaultSelector):
    """A selector that reports a socket which listens before its connections."""

    def select(self, timeout=None):
        return sorted(super().select(timeout), key=lambda event: event[0].fd)


@pytest.fixture(name="askers")
def fixture_askers():
    askers = [socket.socket() for _each in range(2)]
    for asker in askers:
        asker.bind(("127.0.0.2", 0))
        asker.settimeout(5)
    yield askers
    for asker in askers:
        asker.close()


def test_a_connection_that_was_dropped_for_another_may_have_an_event(askers, monkeypatch):
    monkeypatch.setattr(listener_module, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(selectors, "DefaultSelector", ByNumber)
    listening = OneSocket(askers)
    listener = Listener(NONCE, listening, HeardProbes(NONCE, listening.probes))
    collecting = socket.socket()
    collecting.bind(("127.0.0.3", 0))
    collecting.listen(1)
    first, second = askers
    first.connect(listening.socket.getsockname())
    assert listener.run(0.2, collecting) is None
    assert first.recv(1)
    listener._selector.unregister(collecting)
    first.send(b"x")
    second.connect(listening.socket.getsockname())
    assert listener.run(0.2, collecting) is None
    assert second.recv(1)
    listener.close()
    for sock in collecting, listening.socket:
        sock.close()


def test_a_question_that_was_sent_before_the_results_are_collected_is_heard(askers):
    listening = OneSocket(askers)
    heard = HeardProbes(NONCE, listening.probes)
    listener = Listener(NONCE, listening, heard)
    collecting = socket.socket()
    collecting.bind(("127.0.0.3", 0))
    collecting.listen(1)
    ends = list(listening.probes)
    for asker, probe in zip(askers, ends):
        asker.connect(listening.socket.getsockname())
        asker.send(messages.question(NONCE, probe))
    collector = socket.create_connection(collecting.getsockname())
    connection = listener.run(5, collecting)
    assert connection is not None and heard.to_dict()["heard"] == [0, 1]
    for each in (connection, collector, collecting, listening.socket):
        each.close()
    listener.close()


def test_a_question_that_the_end_of_its_connection_discards_is_heard(askers):
    """The prober resets a connection once it has its answer, perhaps before a busy listener has read the question."""
    listening = OneSocket(askers)
    heard = HeardProbes(NONCE, listening.probes)
    listener = Listener(NONCE, listening, heard)
    collecting = socket.socket()
    collecting.bind(("127.0.0.3", 0))
    collecting.listen(1)
    first, second = askers
    for asker, probe in zip(askers, listening.probes):
        asker.connect(listening.socket.getsockname())
        asker.send(messages.question(NONCE, probe))
    first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    first.close()
    assert listener.run(0.2, collecting) is None
    assert heard.to_dict() == dict(heard=[0, 1], displaced={}, strangers=0)
    assert second.recv(1)
    for each in (collecting, listening.socket):
        each.close()
    listener.close()
