# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages of netlink: as bytes, also such as no kernel sends, and what this kernel answers."""

import random
import socket
import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import netlink

GET_LINK, LINK_BODY = 18, b"\0" * 16


def message(kind, content, length=None):
    return struct.pack("=IHHII", 16 + len(content) if length is None else length, kind, 0, 1, 0) + content


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def test_attributes_are_packed_and_read_again():
    chance = random.Random(14)
    for _attempt in range(200):
        attributes = [
            (chance.randrange(0x4000), bytes(chance.getrandbits(8) for _byte in range(chance.randrange(12))))
            for _attribute in range(chance.randrange(6))
        ]
        packed = netlink.pack(attributes)
        assert len(packed) % 4 == 0
        assert netlink.unpack(packed) == attributes


def test_attributes_are_aligned():
    assert netlink.pack([(3, b"eth0\0"), (1, b"\1")]) == bytes.fromhex("0900 0300 65746830 00 000000 0500 0100 01 000000")


def test_nested_attributes_are_marked_and_read_by_their_type():
    kind, content = netlink.nested(18, [(1, b"veth")])
    assert kind == 0x8012
    ((read, inner),) = netlink.unpack(netlink.pack([(kind, content)]))
    assert read == 18
    assert netlink.unpack(inner) == [(1, b"veth")]


@pytest.mark.parametrize("data", [b"", b"\0", b"\0" * 4, b"\3\0\1\0", b"\0" * 64, b"\1\0\1\0" * 9])
def test_an_attribute_shorter_than_its_head_ends_the_reading(data):
    assert netlink.unpack(data) == []


def test_a_cut_attribute_is_what_is_left_of_it():
    packed = netlink.pack([(1, b"whole"), (2, b"cut short")])
    assert netlink.unpack(packed[:-6]) == [(1, b"whole"), (2, b"cut sh")]


def test_messages_are_read_one_after_the_other():
    data = padded(message(16, b"first")) + padded(message(3, b""))
    assert list(netlink.messages(data)) == [(16, b"first"), (3, b"")]


@pytest.mark.parametrize("data", [b"", b"\0" * 15, message(16, b"", length=0), message(16, b"", length=15)])
def test_a_message_shorter_than_its_head_ends_the_reading(data):
    assert list(netlink.messages(data)) == []


def test_any_bytes_are_read_without_a_word():
    chance = random.Random(15)
    for _attempt in range(2000):
        data = bytes(chance.choice((0, 0, 4, 16, chance.getrandbits(8))) for _byte in range(chance.randrange(80)))
        netlink.unpack(data)
        list(netlink.messages(data))


class Kernel:
    """A socket whose other end answers what it was told to."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def send(self, data):
        self.sent.append(data)

    def recv(self, _size):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def asking(*answers):
    asked = netlink.Netlink.__new__(netlink.Netlink)
    asked._socket, asked._number = Kernel(*answers), 0
    return asked


REFUSAL = message(2, struct.pack("=i", -17) + b"\0" * 16)
ACKNOWLEDGEMENT = message(2, struct.pack("=i", 0) + b"\0" * 16)


def test_a_dump_ends_with_the_message_that_says_so():
    kernel = asking(padded(message(16, b"one!")) + message(16, b"two!"), message(16, b"three") + b"\0" * 3, message(3, b"\0" * 4))
    assert kernel.dump(GET_LINK, LINK_BODY) == [b"one!", b"two!", b"three"]
    length, kind, flags, number, _port = struct.unpack_from("=IHHII", kernel._socket.sent[0])
    assert (length, kind, flags, number) == (32, GET_LINK, 0x301, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda kernel: kernel.dump(GET_LINK, b""),
        lambda kernel: kernel.ask(GET_LINK, b""),
        lambda kernel: kernel.change(GET_LINK, 0, b""),
    ],
)
def test_what_the_kernel_refuses_is_an_error_of_the_system(ask):
    with pytest.raises(FileExistsError):
        ask(asking(REFUSAL))


def test_what_the_kernel_acknowledges_is_none():
    kernel = asking(ACKNOWLEDGEMENT, ACKNOWLEDGEMENT)
    kernel.change(16, netlink.CREATE, b"")
    kernel.change(16, 0, b"")
    flags = [struct.unpack_from("=IHHII", sent)[2:4] for sent in kernel._socket.sent]
    assert flags == [(0x405, 1), (0x5, 2)]


def test_what_is_heard_is_all_that_has_arrived():
    kernel = asking(padded(message(700, b"one!")) + message(700, b"two!"), message(701, b"three"), BlockingIOError())
    assert list(kernel.heard()) == [(700, b"one!"), (700, b"two!"), (701, b"three")]


def test_messages_that_were_lost_are_an_error():
    with pytest.raises(OSError):
        list(asking(message(700, b"one!"), OSError(105, "No buffer space available")).heard())


@pytest.fixture(name="route")
def fixture_route():
    if not hasattr(socket, "AF_NETLINK"):
        pytest.skip("only Linux has netlink")
    kernel = netlink.Netlink(netlink.ROUTE)
    yield kernel
    kernel.close()


def test_this_kernel_lists_its_loopback_interface(route):
    found = [dict(netlink.unpack(content[16:])) for content in route.dump(GET_LINK, LINK_BODY)]
    assert b"lo\0" in [attributes[3] for attributes in found]


def test_this_kernel_refuses_what_there_is_not(route):
    with pytest.raises(OSError):
        route.ask(GET_LINK, struct.pack("=BxHiII", 0, 0, 0x7FFFFFFF, 0, 0))
    assert route.dump(GET_LINK, LINK_BODY)


def test_without_news_nothing_is_heard(route):
    route._socket.setblocking(False)
    assert list(route.heard()) == []
