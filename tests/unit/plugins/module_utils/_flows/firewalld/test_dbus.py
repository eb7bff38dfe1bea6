# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""D-Bus: messages as firewalld 1.3.3 and dbus-daemon 1.14 really sent them, answered by a socket."""

import socket
import struct
import threading

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.dbus import (
    BusError,
    Connection,
    _Reader,
    _types,
)

HELLO = (
    "6c0201010c000000010000003d00000006017300070000003a312e313033330005017500010000000801670001730000"
    "07017300140000006f72672e667265656465736b746f702e4442757300000000070000003a312e3130333300"
)
NAME_ACQUIRED = (
    "6c0401010c000000020000008d00000001016f00150000002f6f72672f667265656465736b746f702f44427573000000"
    "02017300140000006f72672e667265656465736b746f702e4442757300000000030173000c0000004e616d6541637175"
    "697265640000000006017300070000003a312e3130333300080167000173000007017300140000006f72672e66726565"
    "6465736b746f702e4442757300000000070000003a312e3130333300"
)
POLICIES = (
    "6c0201012b0000006e0500003000000006017300070000003a312e313033330005017500020000000801670002617300"
    "07017300070000003a312e3130323200270000000f000000616c6c6f772d686f73742d69707636000e000000666c6565"
    "742d706f7274732d696e00"
)
ERROR = (
    "6c03010119000000740500006000000006017300070000003a312e313033330004017300260000006f72672e6665646f"
    "726170726f6a6563742e4669726577616c6c44312e457863657074696f6e000005017500020000000801670001730000"
    "07017300070000003a312e313032320014000000494e56414c49445f504f4c4943593a206e6f706500"
)


class Service(threading.Thread):
    """A bus that lets a client in and answers its calls with prepared messages."""

    def __init__(self, path, answers, welcome=b"OK 0123\r\n"):
        super().__init__(daemon=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(1)
        self._answers = answers
        self._welcome = welcome
        self.heard = []
        self.start()

    def run(self):
        client = self._listener.accept()[0]
        self.heard.append(client.recv(1024))
        client.sendall(self._welcome)
        while self._answers:
            self.heard.append(client.recv(65536))
            if self.heard[-1].startswith(b"BEGIN\r\n") and len(self.heard[-1]) == 7:
                continue
            client.sendall(bytes.fromhex(self._answers.pop(0)))
        client.close()


@pytest.fixture(name="serve")
def fixture_serve(tmp_path):
    return lambda *answers, **options: (Service(str(tmp_path / "bus"), list(answers), **options), str(tmp_path / "bus"))


def test_strings_come_back_past_a_signal(serve):
    service, path = serve(HELLO, NAME_ACQUIRED + POLICIES)
    connection = Connection(path)
    assert connection.call("s", "/p", "i", "getPolicies", "an argument") == (["allow-host-ipv6", "fleet-ports-in"],)
    assert service.heard[0].startswith(b"\0AUTH EXTERNAL ")


def test_what_is_asked_is_laid_out_as_the_specification_says(serve):
    service, path = serve(HELLO, POLICIES)
    Connection(path).call("s", "/p", "i", "m", "xy")
    assert service.heard[-1].hex() == (
        "6c010001" + "07000000" + "02000000" + "47000000"
        "01016f00" + "02000000" + "2f7000" + "0000000000"
        "02017300" + "01000000" + "6900" + "000000000000"
        "03017300" + "01000000" + "6d00" + "000000000000"
        "06017300" + "01000000" + "7300" + "000000000000"
        "08016700" + "017300" + "00" + "02000000" + "787900"
    )


def test_an_error_says_what_the_service_said(serve):
    path = serve(HELLO, ERROR)[1]
    with pytest.raises(BusError) as error:
        Connection(path).call("s", "/p", "i", "m")
    assert str(error.value) == "INVALID_POLICY: nope"


def test_a_bus_that_does_not_let_one_in(serve):
    path = serve(welcome=b"REJECTED EXTERNAL\r\n")[1]
    with pytest.raises(BusError) as error:
        Connection(path)
    assert str(error.value) == "the bus refused this user"


def test_a_bus_that_hangs_up(serve):
    path = serve(HELLO)[1]
    with pytest.raises(BusError):
        Connection(path).call("s", "/p", "i", "m")


def test_a_bus_that_is_not_there(tmp_path):
    with pytest.raises(BusError) as error:
        Connection(str(tmp_path / "none"))
    assert str(error.value) == "{0}: No such file or directory".format(tmp_path / "none")


def test_dictionaries_of_variants_in_the_other_byte_order():
    data = bytes.fromhex(
        "00000026"
        + "00000000"
        + "00000001"
        + "6e00"
        + "016900"
        + "000000"
        + "ffffffff"
        + "00000001"
        + "6c00"
        + "02617300"
        + "0000"
        + "00000006"
        + "00000001"
        + "7800"
    )
    assert _Reader(data, ">", 0).value("a{sv}") == {"n": -1, "l": ["x"]}


@pytest.mark.parametrize(
    "signature, types",
    [
        ("", []),
        ("s", ["s"]),
        ("sas", ["s", "as"]),
        ("a{sv}u", ["a{sv}", "u"]),
        ("(ssa{ss}as)aai", ["(ssa{ss}as)", "aai"]),
        ("((i)s)v", ["((i)s)", "v"]),
    ],
)
def test_signatures_are_taken_apart(signature, types):
    assert list(_types(signature)) == types


@pytest.mark.parametrize("header, why", [
    (b"l\2\1\1" + struct.pack("<III", 0xFFFFFFF0, 1, 0xFFFFFFF0), "too long"),
    (b"l\2\1\1" + struct.pack("<III", 0, 1, 8) + b"\xff" * 8, "closed the connection"),
    # Elements that take no room: there would be no end of them.
    (b"l\2\1\1" + struct.pack("<III", 8, 1, 16) + struct.pack("<I", 12) + b"\x08\x01g\0\x03a()\0\0\0\0" + b"\x08\0\0\0\0\0\0\0", ""),
], ids=["long", "odd", "endless"])  # fmt: skip
def test_what_is_no_message_is_an_error(header, why):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection.__new__(Connection)
        connection._socket, connection._serial = ours, 0
        theirs.sendall(header)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(BusError, match=why):
            connection.call("a", "/a", "a", "a")
