# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in the way: real sockets of this process, whose owner is this process."""

import os
import socket

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state, obstacles
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._holds.obstacles import Obstacle, find
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


def bound(address, kind=socket.SOCK_DGRAM):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.bind((address, 0))
    except OSError:
        pytest.skip("no such address here")
    return sock


def owners_of(hold, state=holder_state.STOPPED):
    return [(obstacle.owner.pid, obstacle.owner.address) for obstacle in find([hold], state)]


@pytest.mark.parametrize("taken, wanted", [
    ("127.0.0.1", "0.0.0.0"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"),
    ("::1", "::"), ("::", "::"), ("::", "0.0.0.0"), ("::", "127.0.0.1"),
])  # fmt: skip
def test_a_socket_that_overlaps_is_in_the_way(taken, wanted):
    with bound(taken) as sock:
        assert owners_of(Hold("udp", wanted, sock.getsockname()[1])) == [(os.getpid(), taken)]


@pytest.mark.parametrize("taken, wanted", [("127.0.0.1", "127.0.0.2"), ("127.0.0.1", "::"), ("::1", "0.0.0.0")])
def test_another_address_is_not(taken, wanted):
    with bound(taken) as sock:
        assert owners_of(Hold("udp", wanted, sock.getsockname()[1])) == []


def test_another_protocol_is_not():
    with bound("127.0.0.1") as sock:
        assert owners_of(Hold("tcp", "127.0.0.1", sock.getsockname()[1])) == []


def test_a_listening_socket_is_named():
    with bound("127.0.0.1", socket.SOCK_STREAM) as sock:
        sock.listen(1)
        assert owners_of(Hold("tcp", "0.0.0.0", sock.getsockname()[1])) == [(os.getpid(), "127.0.0.1")]


def test_the_holder_is_not_in_its_own_way():
    with bound("0.0.0.0") as sock:
        everywhere = Hold("udp", "0.0.0.0", sock.getsockname()[1])
        state = holder_state.State(os.getpid(), (everywhere,), True)
        assert owners_of(everywhere._replace(address="127.0.0.1"), state) == []


def test_a_stranger_is_in_the_way_beside_the_holder():
    with bound("127.0.0.2") as sock:
        wanted = Hold("udp", "0.0.0.0", sock.getsockname()[1])
        state = holder_state.State(os.getpid(), (wanted._replace(address="127.0.0.1"),), True)
        assert owners_of(wanted, state) == [(os.getpid(), "127.0.0.2")]


def test_a_socket_that_nothing_tells_of_is_an_obstacle_all_the_same(monkeypatch):
    monkeypatch.setattr(obstacles.unlisted_sockets, "owners", lambda port: [])
    with bound("127.0.0.1", socket.SOCK_STREAM) as sock:
        hold = Hold("tcp", "127.0.0.1", sock.getsockname()[1])
        (obstacle,) = find([hold], holder_state.STOPPED)
        assert str(obstacle) == f"a program that the kernel does not name has {hold.port}/tcp on 127.0.0.1"


def test_an_obstacle_is_told_by_what_its_owner_has():
    owner = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)
    text = str(Obstacle(Hold("udp", "0.0.0.0", 664), owner))
    assert text == "rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"


def test_a_kernel_that_refuses_for_another_reason(monkeypatch):
    def refuse(hold):
        raise OSError(105, "No buffer space available")

    monkeypatch.setattr(holder, "take", refuse)
    with pytest.raises(HostError, match=r"^Cannot bind 623/udp on 0\.0\.0\.0: No buffer space available\.$"):
        find([Hold("udp", "0.0.0.0", 623)], holder_state.STOPPED)
