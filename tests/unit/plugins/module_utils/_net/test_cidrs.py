# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses: the fewest CIDRs, and the sentence about what is none."""

import ipaddress
import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net.cidrs import (
    _span,
    aggregate,
    common,
    contains,
    lost,
    sorted_spans,
    to_number,
    to_text,
    without,
)


@pytest.mark.parametrize(
    "texts, cidrs",
    [
        ([], {}),
        (["192.0.2.7"], {"ip": ["192.0.2.7"]}),
        (["192.0.2.7/32", " 2001:DB8::0:1/128 "], {"ip": ["192.0.2.7"], "ip6": ["2001:db8::1"]}),
        (["192.0.2.0/25", "192.0.2.128/25"], {"ip": ["192.0.2.0/24"]}),
        (["192.0.2.0/24", "192.0.2.9"], {"ip": ["192.0.2.0/24"]}),
        (["192.0.2.1-192.0.2.6"], {"ip": ["192.0.2.1", "192.0.2.2/31", "192.0.2.4/31", "192.0.2.6"]}),
        (["0.0.0.0/0", "10.0.0.1", "::/0"], {"ip": ["0.0.0.0/0"], "ip6": ["::/0"]}),
        (["255.255.255.255", "0.0.0.0"], {"ip": ["0.0.0.0", "255.255.255.255"]}),
    ],
)
def test_the_fewest_cidrs(texts, cidrs):
    assert aggregate(texts) == cidrs


@pytest.mark.parametrize("base, bits", [("10.0.0.0/22", 32), ("2001:db8::/118", 128)])
def test_the_result_equals_that_of_address_objects(base, bits):
    network, chance = ipaddress.ip_network(base), random.Random(2026)
    for _round in range(50):
        texts = []
        for _member in range(40):
            prefix = chance.randint(network.prefixlen + 1, bits)
            step = 2 ** (bits - prefix)
            texts.append("{0}/{1}".format(network[chance.randrange(0, network.num_addresses, step)], prefix))
        expected = ipaddress.collapse_addresses(ipaddress.ip_network(text) for text in texts)
        found = [ipaddress.ip_network(cidr) for cidr in sum(aggregate(texts).values(), [])]
        assert found == list(expected)


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "1/2/3", "fe80::1%eth0", "::1/129", "5-9"],
)
def test_what_is_no_address_is_one_sentence(text):
    with pytest.raises(HostError) as error:
        aggregate(["192.0.2.1", text])
    assert str(error.value) == (
        "Invalid IP address or network {0!r}: use the form '192.0.2.7', '192.0.2.0/24' or '2001:db8::/64'.".format(text)
    )


def test_an_address_with_a_length_is_not_taken_for_its_network():
    with pytest.raises(HostError) as error:
        aggregate(["192.0.2.7/24"])
    assert str(error.value) == (
        "Invalid network '192.0.2.7/24': the address is not the first address of the network; use that one, "
        "or omit the prefix length."
    )


def test_a_range_upside_down_is_none():
    with pytest.raises(HostError):
        aggregate(["192.0.2.9-192.0.2.1"])


def test_what_is_lost_is_what_sets_of_addresses_say():
    had = ["192.0.2.0-192.0.2.99", "192.0.2.200/29", "2001:db8::5", "2001:db8::7"]
    left = ["192.0.2.10-192.0.2.20", "192.0.2.98/31", "192.0.2.203", "198.51.100.0/24", "2001:db8::6", "2001:db8::7"]
    expected = sorted(_each(had) - _each(left))
    found = list(lost(had, left))
    assert sum(size for size, _gone, _networks in found) == len(_each(had))
    assert sum(gone for _size, gone, _networks in found) == len(expected)
    assert sorted(_each(network for _size, _gone, networks in found for network in networks)) == expected


def _each(texts):
    """Return (family, number) of each address."""
    spans = [_span(text) for text in texts]
    return {(family, number) for family, first, last in spans for number in range(first, last + 1)}


def members(texts):
    """Return the numbers of all addresses of small CIDRs."""
    return {number for spans in sorted_spans(texts).values() for first, last in spans for number in range(first, last + 1)}


def test_what_is_common_and_what_is_without_is_what_sets_of_addresses_say():
    chance = random.Random(14)

    def some():
        return [
            str(ipaddress.ip_network(("10.0.%d.%d" % (chance.randrange(2), chance.randrange(256)), length), strict=False))
            for length in chance.choices((24, 26, 29, 32), k=chance.randrange(5))
        ]

    for _round in range(200):
        texts, others = some(), some()
        assert members(common(texts, others)) == members(texts) & members(others)
        assert members(without(texts, others)) == members(texts) - members(others)
        assert without(texts, others) == aggregate(without(texts, others)).get("ip", [])


def test_of_another_family_nothing_is_taken_away():
    assert without(["192.0.2.0/24", "2001:db8::/64"], ["2001:db8::/32"]) == ["192.0.2.0/24"]
    assert without(["192.0.2.0/24"], []) == ["192.0.2.0/24"]
    assert common(["192.0.2.0/24"], ["2001:db8::/32"]) == []


def test_spans_are_sorted_and_without_overlaps():
    found = sorted_spans(["10.0.0.9", "10.0.0.0/30", "10.0.0.2-10.0.0.5", "::1"])
    start = to_number("10.0.0.0")[1]
    assert found == {"ip": [(start, start + 5), (start + 9, start + 9)], "ip6": [(1, 1)]}


@pytest.mark.parametrize(
    "address, is_in",
    [
        ("9.255.255.255", False),
        ("10.0.0.0", True),
        ("10.0.0.5", True),
        ("10.0.0.6", False),
        ("10.0.0.9", True),
        ("10.0.0.10", False),
        ("::1", True),
        ("::2", False),
    ],
)
def test_an_address_is_in_the_spans_or_not(address, is_in):
    found = sorted_spans(["10.0.0.9", "10.0.0.0-10.0.0.5", "::1"])
    assert contains(found, *to_number(address)) is is_in
    assert not contains({}, *to_number(address))


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "255.255.255.255", "::", "2001:db8::7"])
def test_addresses_are_numbers_and_texts(address):
    assert to_text(*to_number(address)) == address
