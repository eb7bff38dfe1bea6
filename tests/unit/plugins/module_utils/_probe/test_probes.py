# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of probes is read, its addresses are written as the kernel writes them, and what can't be probed is refused."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import probes as _probe

GOOD = dict(
    id=1,
    protocol="udp",
    source_address="192.0.2.1",
    source_port=68,
    destination_address="192.0.2.2",
    destination_port=67,
)


def test_probes_with_the_same_ends_are_one_packet():
    probes = _probe.parse([GOOD, dict(GOOD, id=2), dict(GOOD, id=3, protocol="tcp")])
    assert list(probes.values()) == [[1, 2], [3]]
    assert [ends.protocol for ends in probes] == ["udp", "tcp"]


def test_both_places_of_a_probe():
    (ends,) = _probe.parse([GOOD])
    assert ends.origin == ("udp", "192.0.2.1", 68)
    assert ends.here == ("udp", "192.0.2.2", 67)
    assert str(ends.here) == "67/udp"


def test_an_ipv6_address_has_one_form():
    (ends,) = _probe.parse([dict(GOOD, source_address="2001:DB8:0::1", destination_address="2001:db8:0:0::2")])
    assert (ends.source, ends.destination) == ("2001:db8::1", "2001:db8::2")


@pytest.mark.parametrize(
    "change, sentence",
    [
        (
            dict(source_address="nim01"),
            "The 'source_address' 'nim01' of probe 1 is no IP address; write it as '192.0.2.10' or '2001:db8::10'.",
        ),
        (
            dict(source_address="fe80::1%eth0"),
            "The 'source_address' 'fe80::1%eth0' of probe 1 is no IP address;"
            " write it as '192.0.2.10' or '2001:db8::10'.",
        ),
        (
            dict(destination_address="2001:db8::1"),
            "Probe 1 goes from 192.0.2.1 to 2001:db8::1: one is IPv4, the other IPv6.",
        ),
        (dict(destination_address="0.0.0.0"), "Probe 1 goes to 0.0.0.0, which is nobody's address."),
        (dict(source_port=0), "The 'source_port' 0 of probe 1 is outside of 1-65535."),
        (dict(destination_port=65536), "The 'destination_port' 65536 of probe 1 is outside of 1-65535."),
    ],
)
def test_what_is_no_probe(change, sentence):
    with pytest.raises(HostError) as caught:
        _probe.parse([dict(GOOD, **change)])
    assert str(caught.value) == sentence


def test_each_probe_has_its_own_number():
    with pytest.raises(HostError) as caught:
        _probe.parse([GOOD, dict(GOOD, source_port=69)])
    assert str(caught.value) == "The id 1 stands twice in 'probes'; number them."


def test_the_number_of_probes_has_a_limit():
    assert len(_probe.parse([dict(GOOD, id=number) for number in range(_probe.MOST)])) == 1
    with pytest.raises(HostError) as caught:
        _probe.parse([dict(GOOD, id=number) for number in range(_probe.MOST + 1)])
    assert str(caught.value) == "20001 probes are more than the 20000 of one run; probe in smaller batches."


@pytest.mark.parametrize("text", ["", "abcd", "0123456789abcde", "0123456789abcdeg", "0" * 17, "0" * 130])
def test_what_is_no_nonce(text):
    with pytest.raises(HostError) as caught:
        _probe.nonce(text)
    assert str(caught.value) == (
        f"The 'nonce' {text!r} is no even number of hexadecimal digits, 16 to 128; take that of probe_schedule."
    )


def test_a_nonce():
    assert _probe.nonce("00112233445566fF") == b"\x00\x11\x22\x33\x44\x55\x66\xff"


def test_limits_are_part_of_what_is_allowed():
    assert _probe.within("timeout", 0.1, 0.1, 60) == 0.1
    assert _probe.within("timeout", 60, 0.1, 60) == 60
    with pytest.raises(HostError) as caught:
        _probe.within("timeout", 60.5, 0.1, 60)
    assert str(caught.value) == "'timeout' is 60.5; it may be 0.1 to 60."
