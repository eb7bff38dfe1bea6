# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets made by hand: what the kernel takes for whole, and what is found again in any packet."""

import random
import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import packets
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import Probe

HARDWARE = b"\x02\x00\x00\x00\x00\x99"
IP4_ENDS, IP6_ENDS = ("198.51.100.7", "192.0.2.10"), ("2001:db8:2::7", "2001:db8::10")
KINDS = [(protocol, ends) for protocol in ("tcp", "udp") for ends in (IP4_ENDS, IP6_ENDS)]
NUMBERS = [1, 2, 255, 256, 4000, packets.MOST]


def probe(protocol="udp", ends=IP4_ENDS, ports=(68, 67), hook="input"):
    return Probe(hook, protocol, ends[0], ports[0], ends[1], ports[1], 2)


def total(data):
    """Return the sum of a text as RFC 1071 has it, which is 0xFFFF where a checksum is right."""
    data += b"\0" * (len(data) % 2)
    found = 0
    for (word,) in struct.iter_unpack("!H", data):
        found += word
        found = (found & 0xFFFF) + (found >> 16)
    return found


def parts(data):
    """Return the pseudo header of a packet, and its segment."""
    if data[0] >> 4 == 4:
        return data[12:20] + struct.pack("!HH", data[9], len(data) - 20), data[20:]
    return data[8:40] + struct.pack("!IHBB", len(data) - 40, 0, 0, data[6]), data[40:]


def test_a_checksum_is_the_one_that_others_compute():
    """The header of a packet from 192.168.0.1 to 192.168.0.199, as textbooks show it: its checksum is b861."""
    header = bytes.fromhex("4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7")
    assert packets._checksum(header) == 0xB861
    assert packets._checksum(b"\x01") == 0xFEFF  # an odd number of bytes is filled up


@pytest.mark.parametrize("protocol, ends", KINDS)
@pytest.mark.parametrize("number", NUMBERS)
def test_checksums_and_lengths_are_right(protocol, ends, number):
    data = packets.packet(probe(protocol, ends), number)
    pseudo, segment = parts(data)
    assert total(pseudo + segment) == 0xFFFF
    if data[0] >> 4 == 4:
        assert total(data[:20]) == 0xFFFF
        assert struct.unpack_from("!H", data, 2)[0] == len(data)
    else:
        assert struct.unpack_from("!H", data, 4)[0] == len(segment)
    assert struct.unpack_from("!HH", segment) == (68, 67)
    if protocol == "udp":
        assert struct.unpack_from("!H", segment, 4)[0] == len(segment)


def test_a_whole_datagram_byte_for_byte():
    assert packets.packet(probe(), 0x0102) == bytes.fromhex(
        "4500 0024 0102 4000 4011 4d82 c633 6407 c000 020a 0044 0043 0010 d422 000f 1ee7 1ee7 0102"
    )


@pytest.mark.parametrize("ends", [IP4_ENDS, IP6_ENDS])
def test_a_datagram_never_says_that_it_has_no_checksum(ends):
    at = 26 if ends == IP4_ENDS else 46
    (checksum,) = struct.unpack_from("!H", packets.packet(probe(ends=ends), 1), at)
    number = 1 + checksum  # with which all adds up to nothing
    assert number <= packets.MOST
    data = packets.packet(probe(ends=ends), number)
    assert data[at : at + 2] == b"\xff\xff"
    pseudo, segment = parts(data)
    assert total(pseudo + segment) == 0xFFFF


@pytest.mark.parametrize("protocol, ends", KINDS)
@pytest.mark.parametrize("number", NUMBERS)
def test_the_number_is_found_again(protocol, ends, number):
    data = packets.packet(probe(protocol, ends), number)
    assert packets.number_of_packet(data) == number
    assert packets.number_of_header(data[:40]) == number
    assert packets.number_of_segment(packets.PROTOCOLS[protocol], parts(data)[1]) == number


@pytest.mark.parametrize("protocol, ends", KINDS)
def test_the_number_is_found_whatever_was_translated(protocol, ends):
    """Address translation changes addresses and ports, routers the time to live."""
    here = packets.packet(probe(protocol, ends, (1000, 2000)), 7)
    there = packets.packet(probe(protocol, ends[::-1], (3000, 4000)), 7, ttl=packets.TRACED)
    assert packets.number_of_packet(here) == packets.number_of_packet(there) == 7


def test_the_time_to_live_tells_packets_to_be_traced():
    assert packets.UNTRACED != packets.TRACED
    assert packets.packet(probe(), 1, packets.TRACED)[8] == packets.TRACED
    assert packets.packet(probe(ends=IP6_ENDS), 1, packets.TRACED)[7] == packets.TRACED


def test_options_before_the_segment_are_skipped():
    data = packets.packet(probe("tcp"), 5)
    with_options = bytes([0x46]) + data[1:20] + b"\x01\x01\x01\x00" + data[20:]
    assert packets.number_of_packet(with_options) == 5


@pytest.mark.parametrize("protocol, ends", KINDS)
def test_what_is_cut_short_has_no_number_or_its_own(protocol, ends):
    data = packets.packet(probe(protocol, ends), 4321)
    for length in range(len(data)):
        assert packets.number_of_packet(data[:length]) in (None, 4321)
        assert packets.number_of_header(data[:length]) in (None, 4321)


def replaced(data, at, new):
    return data[:at] + new + data[at + len(new) :]


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        replaced(packets.packet(probe("tcp"), 9), 33, b"\x14"),  # the reset that answers it
        replaced(packets.packet(probe("tcp"), 9), 33, b"\x12"),  # a server that answers it
        replaced(packets.packet(probe("tcp"), 9), 24, b"\x12\x34"),  # another sequence number
        replaced(packets.packet(probe("udp"), 9), 28, b"\x12\x34"),  # other data
        replaced(packets.packet(probe("udp"), 9), 9, b"\x01"),  # ICMP
        replaced(packets.packet(probe("udp"), 9), 0, b"\x55"),  # of no version
    ],
)
def test_packets_of_others_have_no_number(foreign):
    assert packets.number_of_packet(foreign) is None


def test_any_bytes_are_read_without_a_word():
    chance = random.Random(14)
    for _attempt in range(3000):
        data = bytes(chance.getrandbits(8) for _byte in range(chance.randrange(80)))
        packets.number_of_packet(data)
        packets.number_of_header(data)


def test_frames_name_the_interface_and_what_they_contain():
    data = packets.frame(probe(), 3, HARDWARE)
    assert data[:6] == HARDWARE and data[12:14] == b"\x08\x00"
    assert data[14:] == packets.packet(probe(), 3)
    assert packets.frame(probe(ends=IP6_ENDS), 3, HARDWARE)[12:14] == b"\x86\xdd"


def test_a_broadcast_goes_to_everybody():
    discover = probe(ends=("0.0.0.0", "255.255.255.255"))
    assert packets.frame(discover, 3, HARDWARE)[:6] == b"\xff" * 6


@pytest.mark.parametrize("address", IP4_ENDS + IP6_ENDS)
def test_addresses_are_bytes_and_text(address):
    assert packets.text(packets.binary(address)) == address
    assert packets.is_ip6(address) is (address in IP6_ENDS)


@pytest.mark.parametrize("protocol, ends", KINDS)
def test_the_ends_of_a_packet_are_read_again(protocol, ends):
    data = packets.packet(probe(protocol, ends, ports=(1023, 3901)), 7)
    assert packets.ends_of_packet(data) == (ends[0], 1023, ends[1], 3901)


@pytest.mark.parametrize("hook, back", [("input", "output"), ("output", "input"), ("forward", "forward")])
def test_an_answer_goes_to_whom_the_packet_seemed_to_come_from(hook, back):
    """A host may have put its own address in place of the sender's."""
    seen = packets.Seen("192.0.2.1", 40000, "192.0.2.10", 67, interface=None if hook == "input" else 3)
    expected = Probe(back, "udp", "192.0.2.10", 67, "192.0.2.1", 40000, None if hook == "input" else 3)
    assert packets.answer(probe(hook=hook), seen) == expected
