# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Obstacles: real sockets of this process, whose owner is this process, and the conflicts that they are."""

import os
import socket

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state, obstacles
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._holds.obstacles import Obstacle, find
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners, unlisted_sockets
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
def test_a_socket_that_overlaps_is_an_obstacle(taken, wanted):
    with bound(taken) as sock:
        assert owners_of(Hold("udp", wanted, sock.getsockname()[1])) == [(os.getpid(), taken)]


@pytest.mark.parametrize("taken, wanted", [("127.0.0.1", "127.0.0.2"), ("127.0.0.1", "::"), ("::1", "0.0.0.0")])
def test_a_socket_on_another_address_is_no_obstacle(taken, wanted):
    with bound(taken) as sock:
        assert owners_of(Hold("udp", wanted, sock.getsockname()[1])) == []


def test_a_socket_of_another_protocol_is_no_obstacle():
    with bound("127.0.0.1") as sock:
        assert owners_of(Hold("tcp", "127.0.0.1", sock.getsockname()[1])) == []


def test_a_listening_socket_is_named():
    with bound("127.0.0.1", socket.SOCK_STREAM) as sock:
        sock.listen(1)
        # Another program on this machine may listen on another address at the same port.
        assert (os.getpid(), "127.0.0.1") in owners_of(Hold("tcp", "0.0.0.0", sock.getsockname()[1]))


def test_the_sockets_of_the_holder_are_no_obstacles():
    with bound("0.0.0.0") as sock:
        everywhere = Hold("udp", "0.0.0.0", sock.getsockname()[1])
        state = holder_state.State(os.getpid(), (everywhere,), True)
        assert owners_of(everywhere._replace(address="127.0.0.1"), state) == []


def test_a_socket_of_another_program_beside_the_holder_is_an_obstacle():
    with bound("127.0.0.2") as sock:
        wanted = Hold("udp", "0.0.0.0", sock.getsockname()[1])
        state = holder_state.State(os.getpid(), (wanted._replace(address="127.0.0.1"),), True)
        assert (os.getpid(), "127.0.0.2") in owners_of(wanted, state)


def test_a_socket_of_an_unknown_owner_is_an_obstacle(monkeypatch):
    monkeypatch.setattr(unlisted_sockets, "owners", lambda port: [])
    with bound("127.0.0.1", socket.SOCK_STREAM) as sock:
        hold = Hold("tcp", "127.0.0.1", sock.getsockname()[1])
        (obstacle,) = find([hold], holder_state.STOPPED)
        assert str(obstacle) == f"a program that the kernel does not name has {hold.port}/tcp on 127.0.0.1"


def test_an_obstacle_is_described_by_the_socket_of_its_owner():
    owner = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)
    text = str(Obstacle(Hold("udp", "0.0.0.0", 664), owner))
    assert text == "rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"


def test_another_refusal_of_the_kernel_is_reported(monkeypatch):
    def refuse(hold):
        raise OSError(105, "No buffer space available")

    monkeypatch.setattr(holder, "bind", refuse)
    with pytest.raises(HostError, match=r"^Cannot bind 623/udp on 0\.0\.0\.0: No buffer space available\.$"):
        find([Hold("udp", "0.0.0.0", 623)], holder_state.STOPPED)


class Daemons:
    """The RPC daemons of a host, of which rpc.statd is one."""

    def service(self, owner):
        return owner.unit if owner.program == "rpc.statd" else None

    def clarified(self, owner):
        return owner._replace(unit="clarified.socket") if owner.pid == 1 else owner


STATD = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)
OTHER = port_owners.Owner("udp", "0.0.0.0", 623, 411, "python3", "other.service", False)
CLOSING = port_owners.Owner("tcp", "0.0.0.0", 664, None, None, None, True)


@pytest.fixture
def conflicts(monkeypatch):
    """The conflicts with these owners, each of which has the port of one hold."""

    def compute(*owners, may_restart=True):
        holds = [Hold(owner.protocol if owner else "udp", "0.0.0.0", owner.port if owner else 1) for owner in owners]
        found = [Obstacle(hold, owner) for hold, owner in zip(holds, owners)]
        monkeypatch.setattr(obstacles, "find", lambda holds, state: found)
        return obstacles.conflicts(holds, holder_state.STOPPED, Daemons(), may_restart)

    return compute


def test_without_obstacles_there_are_no_conflicts(conflicts):
    assert conflicts() == obstacles.Conflicts([], [], [])


def test_known_daemons_are_restarted_each_once(conflicts):
    assert conflicts(STATD, STATD) == obstacles.Conflicts(
        ["rpc-statd.service"], ["rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"], []
    )


def test_closed_connections_are_no_reason_to_restart_anything(conflicts):
    assert conflicts(CLOSING) == obstacles.Conflicts([], [], [Hold("tcp", "0.0.0.0", 664)])


@pytest.mark.parametrize("owner, may_restart", [(OTHER, True), (STATD, False), (None, True)])
def test_what_may_not_be_restarted_is_refused(conflicts, owner, may_restart):
    with pytest.raises(HostError, match="^Cannot hold the ports: .* has "):
        conflicts(owner, may_restart=may_restart)


def test_all_programs_that_may_not_be_restarted_are_named(conflicts):
    with pytest.raises(HostError) as error:
        conflicts(OTHER, STATD, OTHER._replace(pid=1, program="systemd", port=664))
    assert str(error.value) == (
        "Cannot hold the ports: python3 (PID 411, unit other.service) has 623/udp on 0.0.0.0 and systemd (PID 1, unit "
        "clarified.socket) has 664/udp on 0.0.0.0. Stop the program or configure another port for it, then run again. "
        "The holder was left unchanged."
    )
