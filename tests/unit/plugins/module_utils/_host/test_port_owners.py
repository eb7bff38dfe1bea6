# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a port: read from made-up tables, and from this machine's real ones."""

import errno
import os
import socket

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners, unlisted_sockets
from ansible_collections.fleet.ports.plugins.module_utils._host.port_owners import Owner, owners, unit_of

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LINE = "  {n}: {address}:{port:04X} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 {inode} 2 0 0\n"

little_endian = pytest.mark.skipif(
    socket.htons(1) == 1, reason="the tables are those of a machine with the other byte order"
)


class Proc:
    """A folder that looks like /proc."""

    def __init__(self, folder):
        self.folder = str(folder)
        os.mkdir(os.path.join(self.folder, "net"))

    def table(self, name, *sockets):
        with open(os.path.join(self.folder, "net", name), "w") as file:
            file.write(HEAD)
            for number, (address, port, inode) in enumerate(sockets):
                file.write(LINE.format(n=number, address=address, port=port, inode=inode))

    def process(self, pid, program, cgroup, *inodes):
        folder = os.path.join(self.folder, str(pid))
        os.makedirs(os.path.join(folder, "fd"))
        for descriptor, inode in enumerate(inodes):
            os.symlink(f"socket:[{inode}]", os.path.join(folder, "fd", str(descriptor)))
        for name, text in (("comm", program + "\n"), ("cgroup", cgroup)):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)

    def owners(self, port, protocol):
        return owners(port, protocol, self.folder)


@pytest.fixture
def proc(tmp_path):
    return Proc(tmp_path)


@little_endian
def test_a_daemon_is_named_with_its_process_and_unit(proc):
    proc.table("udp", ("00000000", 111, 5), ("0100007F", 664, 7))
    proc.process(412, "rpc.statd", "0::/system.slice/rpc-statd.service\n", 3, 7)
    (owner,) = proc.owners(664, "udp")
    assert owner == Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)
    assert str(owner) == "rpc.statd (PID 412, unit rpc-statd.service)"


@little_endian
def test_addresses_of_both_families_are_read(proc):
    proc.table("tcp", ("15336C0A", 623, 7))
    proc.table("tcp6", ("B80D0120000000000000000021000000", 623, 8))
    assert [owner.address for owner in proc.owners(623, "tcp")] == ["10.108.51.21", "2001:db8::21"]


@little_endian
def test_of_two_processes_with_a_socket_the_one_that_systemd_opened_it_for_is_named(proc):
    proc.table("udp", ("00000000", 111, 5))
    proc.process(1, "systemd", "0::/init.scope\n", 5)
    proc.process(80, "rpcbind", "0::/system.slice/rpcbind.service\n", 5)
    assert [owner.program for owner in proc.owners(111, "udp")] == ["rpcbind"]


@little_endian
def test_a_socket_without_process_is_the_kernels(proc):
    proc.table("udp", ("00000000", 2049, 9))
    (owner,) = proc.owners(2049, "udp")
    assert owner.pid is None and not owner.closing
    assert str(owner).startswith("the kernel itself")


@little_endian
def test_a_socket_without_inode_is_closing(proc):
    proc.table("tcp", ("0100007F", 623, 0))
    (owner,) = proc.owners(623, "tcp")
    assert owner.closing
    assert str(owner) == "a closed connection (TIME_WAIT, for one minute)"


@little_endian
def test_a_process_that_ends_meanwhile_is_still_a_number(proc):
    proc.table("udp", ("00000000", 623, 9))
    os.makedirs(os.path.join(proc.folder, "77", "fd"))
    os.symlink("socket:[9]", os.path.join(proc.folder, "77", "fd", "3"))
    assert str(proc.owners(623, "udp")[0]) == "a process that has just ended (PID 77, no unit)"


def test_a_free_port_has_no_owner(proc):
    proc.table("udp", ("00000000", 111, 5))
    assert proc.owners(623, "udp") == []


@pytest.mark.parametrize("text, unit", [
    ("0::/system.slice/rpc-statd.service\n", "rpc-statd.service"),
    ("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service"),
    ("0::/user.slice/user-0.slice/session-3.scope\n", "session-3.scope"),
    ("0::/user.slice/user-0.slice/user@0.service/app.slice/thing.service\n", "user@0.service"),
    ("9:name=systemd:/system.slice/ypbind.service\n4:memory:/elsewhere\n0::/\n", "ypbind.service"),
    ("4:memory:/a.service\n0::/\n", None),
    ("0::/\n", None),
])  # fmt: skip
def test_the_unit_is_the_first_part_of_the_path_that_is_no_slice(text, unit):
    assert unit_of(text) == unit


def test_a_real_socket_of_this_process_is_found():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        assert [(owner.address, owner.pid) for owner in owners(port, "udp")] == [("127.0.0.1", os.getpid())]
    assert owners(port, "udp") == []


def _can_borrow():
    try:
        with unlisted_sockets._duplicated(os.getpid(), _a_socket.fileno()):
            return True
    except OSError:
        return False


_a_socket = socket.socket()


@pytest.mark.skipif(not _can_borrow(), reason="this kernel, or this container, lends no descriptors")
@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_socket_that_is_bound_and_does_not_listen_is_found(family, address):
    with socket.socket(family) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            pytest.skip("no such address here")
        port = sock.getsockname()[1]
        assert owners(port, "tcp") == []
        assert [(owner.address, owner.pid) for owner in unlisted_sockets.owners(port)] == [(address, os.getpid())]
    assert unlisted_sockets.owners(port) == []


def test_without_pidfd_getfd_no_owner_is_found(monkeypatch):
    def refuse(*_arguments):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(unlisted_sockets, "_system_call", refuse)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        assert unlisted_sockets.owners(sock.getsockname()[1]) == []


def test_a_process_may_call_itself_what_it_likes(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "comm").write_bytes(b"a\nb\x1b[2J\xff\n")
    (tmp_path / "7" / "cgroup").write_text("0::/system.slice/x\u2028y.service\n", encoding="utf-8")
    owner = port_owners.owner("tcp", "::", 623, 7, proc=str(tmp_path))
    assert (owner.program, owner.unit) == ("ab[2J\ufffd", "xy.service")
    assert str(owner).isprintable()


def test_a_line_of_another_form_is_no_socket():
    lines = ["head\n", "  0: 00000000:026F\n", "", "  1: 0:0 0:0 0 0 0 0 0 0 0\n"]
    assert port_owners._sockets(lines, socket.AF_INET, 623) == []


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_port_is_taken_until_its_socket_is_closed(protocol, address):
    with socket.socket(socket.AF_INET, KINDS[protocol]) as owner:
        owner.bind((address, 0))
        if protocol == "tcp":
            owner.listen(1)
        port = owner.getsockname()[1]
        assert port_owners.is_taken(port, protocol)
    assert not port_owners.is_taken(port, protocol)


def test_a_closed_connection_takes_no_port():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        port = listener.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        served, _address = listener.accept()
        served.close()  # the side that closes first enters TIME_WAIT
        client.close()
    assert not port_owners.is_taken(port, "tcp")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EAFNOSUPPORT])
def test_another_refusal_says_nothing_about_the_port(monkeypatch, number):
    def refuse(*_arguments):
        raise OSError(number, "no")

    monkeypatch.setattr(port_owners.socket, "socket", refuse)
    assert not port_owners.is_taken(623, "udp")
