# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder: its list, its sockets, and its two modes, with a simulated service manager."""

import array
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold

UDP = Hold("udp", "127.0.0.1", 623)


def free_port():
    """Return a port that is free for TCP and for UDP."""
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        return tcp.getsockname()[1]


def can_bind(hold, *options):
    with socket.socket(hold.family, holder.KINDS[hold.protocol]) as sock:
        for option in options:
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            sock.bind((hold.address, hold.port))
        except OSError:
            return False
        return True


class Files:
    """The holder's list and notes in a temporary folder."""

    def __init__(self, folder, monkeypatch):
        self.list = os.path.join(folder, "holds")
        self.run = os.path.join(folder, "run")
        self.held = os.path.join(self.run, "held")
        self.pid = os.path.join(self.run, "pid")
        for name, path in (("LIST", self.list), ("RUN", self.run), ("HELD", self.held), ("PID", self.pid)):
            monkeypatch.setattr(holder, name, path)

    def write(self, *holds):
        with open(self.list, "w") as file:
            file.write("# a comment\n" + holder.form(holds))

    def noted(self):
        try:
            with open(self.held) as file:
                return set(holder.parse(file.read()))
        except FileNotFoundError:
            return None


@pytest.fixture
def files(tmp_path, monkeypatch):
    return Files(str(tmp_path), monkeypatch)


def test_a_list_is_read_back_as_it_was_written():
    holds = [Hold("tcp", "::", 664), UDP]
    assert holder.parse("# head\n\n" + holder.form(holds)) == holds


@pytest.mark.parametrize("hold", [UDP, Hold("tcp", "::", 664), Hold("udp", "2001:db8::1", 65535)])
def test_the_name_of_a_descriptor_says_which_hold_it_is(hold):
    assert ":" not in hold.name
    assert holder.parse_name(hold.name) == hold


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("options", [
    (), (socket.SO_REUSEADDR,), (socket.SO_REUSEPORT,), (socket.SO_REUSEADDR, socket.SO_REUSEPORT),
])  # fmt: skip
def test_nobody_else_gets_in_beside_a_hold(protocol, options):
    everywhere = Hold(protocol, "0.0.0.0", free_port())
    one_address = everywhere._replace(address="127.0.0.1")
    with holder.bind(everywhere):
        assert not can_bind(everywhere, *options)
        assert not can_bind(one_address, *options)
    assert can_bind(one_address, *options)


@pytest.mark.skipif(not holder.is_supported(Hold("udp", "::", 1)), reason="this kernel does not support IPv6")
def test_both_families_are_held_side_by_side():
    port = free_port()
    with holder.bind(Hold("udp", "0.0.0.0", port)), holder.bind(Hold("udp", "::", port)):
        assert not can_bind(Hold("udp", "::", port), socket.SO_REUSEADDR)


@pytest.mark.parametrize("address", ["192.0.2.77", "2001:db8::77"])
def test_an_address_is_held_before_it_is_there(address):
    hold = Hold("udp", address, free_port())
    if not holder.is_supported(hold):
        pytest.skip("this kernel speaks no IPv6")
    holder.bind(hold).close()


def test_a_connection_is_refused():
    hold = Hold("tcp", "127.0.0.1", free_port())
    with holder.bind(hold), socket.socket() as client:
        with pytest.raises(ConnectionRefusedError):
            client.connect((hold.address, hold.port))


def test_a_packet_is_dropped_unread():
    hold = Hold("udp", "127.0.0.1", free_port())
    with holder.bind(hold) as sock, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", (hold.address, hold.port))
        sock.settimeout(0.1)
        with pytest.raises(socket.timeout):
            sock.recv(1)


class Manager(threading.Thread):
    """systemd's end of the notification socket: it keeps descriptors by name."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.path = os.path.join(folder, "notify")
        self.kept = {}
        self.status = None
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.start()

    def run(self):
        while True:
            text, rights, _flags, _address = self.socket.recvmsg(4096, socket.CMSG_SPACE(4))
            fields = dict(line.split("=", 1) for line in text.decode().splitlines())
            descriptors = array.array("i", b"".join(data for _level, _kind, data in rights))
            if "FDSTORE" in fields:
                assert fields["FDPOLL"] == "0"
                (self.kept[fields["FDNAME"]],) = descriptors
            elif "FDSTOREREMOVE" in fields:
                os.close(self.kept.pop(fields["FDNAME"]))
            elif "BARRIER" in fields:
                os.close(descriptors[0])
            else:
                self.status = fields["STATUS"]

    def starts_holder(self):
        """Let it run as the unit does, with what is kept passed on; return its exit status."""
        kept = list(self.kept.items())
        for number, (_name, descriptor) in enumerate(kept):
            os.dup2(descriptor, PASSED + number)
        os.environ["NOTIFY_SOCKET"] = self.path
        if kept:
            os.environ["LISTEN_PID"] = str(os.getpid())
            os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _descriptor in kept)
        return holder.store_sockets()

    def stops_holder(self):
        while self.kept:
            os.close(self.kept.popitem()[1])


# Where the passed descriptors begin: pytest has those that systemd would take.
PASSED = 200


@pytest.fixture
def manager(files, tmp_path, monkeypatch):
    monkeypatch.setattr(holder, "FIRST_PASSED_DESCRIPTOR", PASSED)
    for name in ("NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDNAMES"):
        monkeypatch.setenv(name, "")
    manager = Manager(str(tmp_path))
    yield manager
    manager.stops_holder()


@pytest.fixture
def holds():
    return [Hold("tcp", "127.0.0.1", free_port()), Hold("udp", "127.0.0.1", free_port())]


def test_the_service_manager_keeps_the_sockets_after_the_holder_has_ended(files, manager, holds, capfd):
    files.write(*holds)
    assert manager.starts_holder() == 0
    assert set(manager.kept) == {hold.name for hold in holds}
    assert not any(can_bind(hold, socket.SO_REUSEADDR) for hold in holds)
    assert files.noted() == set(holds)
    assert capfd.readouterr().err.startswith("<6>Portblocker: Started successfully: holds ")
    manager.stops_holder()
    assert all(can_bind(hold) for hold in holds)


def test_a_restart_adopts_the_same_sockets(files, manager, holds):
    files.write(*holds)
    manager.starts_holder()
    before = {name: os.fstat(descriptor).st_ino for name, descriptor in manager.kept.items()}
    assert manager.starts_holder() == 0
    assert {name: os.fstat(descriptor).st_ino for name, descriptor in manager.kept.items()} == before


def test_a_changed_list_releases_only_what_is_no_longer_in_it(files, manager, holds):
    files.write(*holds)
    manager.starts_holder()
    stays, goes = holds
    inode = os.fstat(manager.kept[stays.name]).st_ino
    comes = Hold("udp", "127.0.0.1", free_port())
    files.write(stays, comes)
    assert manager.starts_holder() == 0
    assert os.fstat(manager.kept[stays.name]).st_ino == inode
    assert can_bind(goes) and not can_bind(comes)
    assert files.noted() == {stays, comes}
    assert f"{comes.port}/udp" in manager.status and "(2 sockets)" in manager.status


def test_one_address_replaces_all_addresses(files, manager):
    everywhere = Hold("udp", "0.0.0.0", free_port())
    files.write(everywhere)
    manager.starts_holder()
    one = everywhere._replace(address="127.0.0.1")
    files.write(one)
    assert manager.starts_holder() == 0
    assert set(manager.kept) == {one.name}


def test_a_port_that_is_not_free_does_not_prevent_the_others(files, manager, holds, capfd):
    taken, free = holds
    files.write(*holds)
    with holder.bind(taken):
        assert manager.starts_holder() == 0
    assert files.noted() == {free}
    assert f"<3>Portblocker: cannot bind to port {taken}: Address already in use" in capfd.readouterr().err


def test_a_holder_without_any_socket_fails(files, manager, holds):
    files.write(holds[0])
    with holder.bind(holds[0]):
        assert manager.starts_holder() == 1


def test_descriptors_for_another_process_are_not_adopted():
    assert holder.adopt({"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDNAMES": UDP.name}) == {}


RESIDENT = """
import sys
from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
holder.LIST, holder.RUN, holder.HELD, holder.PID = sys.argv[1:5]
sys.exit(holder.stay_resident())
"""


class Resident:
    def __init__(self, files):
        self.files = files

    def start(self):
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
        environment.pop("JOURNAL_STREAM", None)
        process = subprocess.Popen(
            [sys.executable, "-c", RESIDENT, self.files.list, self.files.run, self.files.held, self.files.pid],
            env=environment, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.messages = process.communicate()[1].decode()
        return process.returncode

    @property
    def pid(self):
        with open(self.files.pid) as file:
            return int(file.read())

    def signal(self, number):
        os.kill(self.pid, number)

    def stop(self):
        if os.path.exists(self.files.pid):
            self.signal(signal.SIGTERM)
            wait_until(lambda: not os.path.exists(self.files.pid))


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def resident(files):
    resident = Resident(files)
    yield resident
    resident.stop()


def test_a_resident_holder_holds_once_its_start_is_over(files, resident, holds):
    files.write(*holds)
    assert resident.start() == 0
    assert files.noted() == set(holds)
    assert not any(can_bind(hold) for hold in holds)
    assert "Portblocker: Started successfully: holds " in resident.messages


def test_a_resident_holder_frees_the_ports_when_it_ends(files, resident, holds):
    files.write(*holds)
    resident.start()
    resident.stop()
    wait_until(lambda: all(can_bind(hold) for hold in holds))
    assert files.noted() is None


def test_a_resident_holder_follows_its_list(files, resident, holds):
    files.write(*holds)
    resident.start()
    stays, goes = holds
    comes = Hold("udp", "127.0.0.1", free_port())
    files.write(stays, comes)
    resident.signal(signal.SIGHUP)
    wait_until(lambda: files.noted() == {stays, comes})
    assert can_bind(goes) and not can_bind(stays) and not can_bind(comes)


def test_an_unreadable_list_changes_nothing(files, holds, monkeypatch, capsys):
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    with open(files.list, "w") as file:
        file.write("udp 127.0.0.1 many\n")
    with holder.bind(holds[0]) as sock:
        held = {holds[0]: sock}
        holder.read_again(held)
        assert held == {holds[0]: sock} and not can_bind(holds[0])
    assert f"cannot read {files.list}, nothing changes" in capsys.readouterr().err


def test_there_is_only_one_resident_holder(files, resident, holds):
    files.write(*holds)
    resident.start()
    first = resident.pid
    assert resident.start() == 0
    assert "Portblocker: Instance already running" in resident.messages
    assert resident.pid == first


def test_a_resident_holder_without_any_socket_ends(files, resident, holds):
    files.write(holds[0])
    with holder.bind(holds[0]):
        assert resident.start() == 1
    assert f"cannot bind to port {holds[0]}" in resident.messages
    assert not os.path.exists(files.pid)


@pytest.mark.parametrize("text", [
    "tcp 0.0.0.0\n", "tcp 0.0.0.0 x\n", "sctp :: 623\n", "tcp :: 65536\n", "tcp :: 0\n", "tcp :: 623 more\n",
])  # fmt: skip
def test_an_invalid_list_is_refused(text):
    with pytest.raises(ValueError):
        holder.parse("udp 0.0.0.0 623\n" + text)


def test_no_port_is_released_because_of_an_invalid_list(tmp_path, monkeypatch):
    monkeypatch.setattr(holder, "LIST", str(tmp_path / "holds"))
    (tmp_path / "holds").write_text("udp 0.0.0.0\n")
    held, said = {holder.Hold("udp", "0.0.0.0", 623): None}, []
    assert holder.wanted_holds(held, lambda _priority, text: said.append(text)) == list(held)
    assert len(said) == 1 and "nothing changes" in said[0]
