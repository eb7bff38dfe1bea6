# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listener's life: it hears as soon as it is started, and leaves nothing whichever way it ends."""

import os
import pathlib
import signal
import socket
import tempfile
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import messages, rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import daemon
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.heard import HeardProbes
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listening_sockets import ListeningSockets
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

NONCE = bytes(range(8))
GONE = (
    "No listener of this run is running on this host: it has timed out, or was never started."
    " Probe again, with more 'seconds' if the run took longer."
)


@pytest.fixture(autouse=True)
def parent(monkeypatch):
    # A short path: the name of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(rendezvous, "PARENT", folder)
        yield pathlib.Path(folder)


@pytest.fixture
def asker():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.2", 0))
        sock.settimeout(5)
        yield sock


@pytest.fixture
def ends(asker):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        return Ends("udp", "127.0.0.2", asker.getsockname()[1], *sock.getsockname())


@pytest.fixture
def start(ends):
    def start(seconds=30):
        listening = ListeningSockets(NONCE, {ends: [7]})
        daemon.start(NONCE, listening, HeardProbes(NONCE, {ends: [7]}), seconds)
        listening.close()
        return rendezvous.of_run(NONCE).listener()[0]

    yield start
    pid, _places = rendezvous.of_run(NONCE).listener()
    if pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def ask(asker, ends, data=None):
    asker.sendto(data or messages.question(NONCE, ends), (ends.destination, ends.destination_port))


def is_free(ends):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((ends.destination, ends.destination_port))
        return True


def test_it_hears_from_the_moment_it_was_started(start, asker, ends):
    pid = start()
    ask(asker, ends)
    assert asker.recv(100) == messages.answer(NONCE, ends)
    assert daemon.collect(NONCE) == dict(heard=[7], displaced={}, strangers=0)
    os.waitpid(pid, 0)


def test_collecting_leaves_nothing(start, ends, parent):
    pid = start()
    daemon.collect(NONCE)
    assert list(parent.iterdir()) == []
    assert is_free(ends)
    assert os.waitpid(pid, 0) == (pid, 0)


def test_it_ends_when_its_time_is_over(start, ends, parent):
    pid = start(seconds=1)
    assert os.waitpid(pid, 0) == (pid, 0)
    assert list(parent.iterdir()) == []
    assert is_free(ends)
    with pytest.raises(HostError) as caught:
        daemon.collect(NONCE)
    assert str(caught.value) == GONE


def test_it_ends_cleanly_when_it_is_told_to(start, parent):
    pid = start()
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    assert list(parent.iterdir()) == []


def test_it_ends_even_if_it_hangs(start, monkeypatch, parent):
    monkeypatch.setattr(daemon, "GRACE", 0)
    monkeypatch.setattr(daemon.Listener, "run", lambda *_arguments: time.sleep(30))
    pid = start(seconds=1)
    begun = time.monotonic()
    assert os.waitpid(pid, 0) == (pid, 0)
    assert time.monotonic() - begun < 20
    assert list(parent.iterdir()) == []


def test_a_listener_that_was_killed_cannot_be_collected(start):
    pid = start()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with pytest.raises(HostError) as caught:
        daemon.collect(NONCE)
    assert str(caught.value) == GONE


def test_garbage_is_counted_and_not_answered(start, asker, ends):
    pid = start()
    for data in (b"hello", messages.answer(NONCE, ends), messages.question(NONCE[::-1], ends), b"\0" * 9000):
        ask(asker, ends, data)
    ask(asker, ends)
    assert asker.recv(100) == messages.answer(NONCE, ends)
    asker.settimeout(0.1)
    with pytest.raises(socket.timeout):
        asker.recv(100)
    assert daemon.collect(NONCE) == dict(heard=[7], displaced={}, strangers=4)
    os.waitpid(pid, 0)


def test_a_listener_that_cannot_start_is_an_error(start, monkeypatch, parent):
    def fail(_folder):
        raise OSError("no")

    monkeypatch.setattr(rendezvous.ListenerFolder, "open", fail)
    with pytest.raises(HostError) as caught:
        start()
    path = rendezvous.of_run(NONCE).path
    assert str(caught.value) == f"The listener could not start. Check that {path} can be written to."
    assert list(parent.iterdir()) == []
    os.wait()


def test_a_failing_fork_is_an_error(start, monkeypatch, parent):
    def fail():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fail)
    with pytest.raises(HostError) as caught:
        start()
    assert str(caught.value) == "Cannot start the listener: Resource temporarily unavailable."
    assert list(parent.iterdir()) == []
