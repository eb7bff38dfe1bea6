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
    assert ends.source_endpoint == ("udp", "192.0.2.1", 68)
    assert ends.destination_endpoint == ("udp", "192.0.2.2", 67)
    assert str(ends.destination_endpoint) == "67/udp"


def test_an_ipv6_address_has_one_form():
    (ends,) = _probe.parse([dict(GOOD, source_address="2001:DB8:0::1", destination_address="2001:db8:0:0::2")])
    assert (ends.source, ends.destination) == ("2001:db8::1", "2001:db8::2")


@pytest.mark.parametrize(
    "change, sentence",
    [
        (
            dict(source_address="nim01"),
            "Invalid 'source_address' 'nim01' of probe 1: it must be an IP address such as '192.0.2.10' or '2001:db8::10'.",
        ),
        (
            dict(source_address="fe80::1%eth0"),
            "Invalid 'source_address' 'fe80::1%eth0' of probe 1: it must be an IP address"
            " such as '192.0.2.10' or '2001:db8::10'.",
        ),
        (
            dict(destination_address="2001:db8::1"),
            "Probe 1 mixes IPv4 and IPv6: from 192.0.2.1 to 2001:db8::1.",
        ),
        (dict(destination_address="0.0.0.0"), "Invalid 'destination_address' 0.0.0.0 of probe 1: no host has it."),
        (dict(source_port=0), "Invalid 'source_port' 0 of probe 1: it must be 1 to 65535."),
        (dict(destination_port=65536), "Invalid 'destination_port' 65536 of probe 1: it must be 1 to 65535."),
    ],
)
def test_invalid_probes(change, sentence):
    with pytest.raises(HostError) as caught:
        _probe.parse([dict(GOOD, **change)])
    assert str(caught.value) == sentence


def test_each_probe_has_its_own_number():
    with pytest.raises(HostError) as caught:
        _probe.parse([GOOD, dict(GOOD, source_port=69)])
    assert str(caught.value) == "Id 1 occurs twice in 'probes'. Give each probe a unique id."


def test_the_number_of_probes_has_a_limit():
    assert len(_probe.parse([dict(GOOD, id=number) for number in range(_probe.MAX_PROBES)])) == 1
    with pytest.raises(HostError) as caught:
        _probe.parse([dict(GOOD, id=number) for number in range(_probe.MAX_PROBES + 1)])
    assert str(caught.value) == "'probes' has 20001 probes; a run takes 20000 at most. Use several runs."


@pytest.mark.parametrize("text", ["", "abcd", "0123456789abcde", "0123456789abcdeg", "0" * 17, "0" * 130])
def test_invalid_nonces(text):
    with pytest.raises(HostError) as caught:
        _probe.nonce(text)
    assert str(caught.value) == (
        f"Invalid 'nonce' {text!r}: it must be an even number of hexadecimal digits, 16 to 128."
    )


def test_a_nonce():
    assert _probe.nonce("00112233445566fF") == b"\x00\x11\x22\x33\x44\x55\x66\xff"


def test_limits_are_inclusive():
    assert _probe.within("timeout", 0.1, 0.1, 60) == 0.1
    assert _probe.within("timeout", 60, 0.1, 60) == 60
    with pytest.raises(HostError) as caught:
        _probe.within("timeout", 60.5, 0.1, 60)
    assert str(caught.value) == "Invalid 'timeout' 60.5: it must be 0.1 to 60."
