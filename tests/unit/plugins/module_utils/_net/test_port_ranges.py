# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Port ranges: what is one, what is none, and what a list of them covers."""

import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges


@pytest.mark.parametrize(
    "text, expected",
    [("623", (623, 623)), (623, (623, 623)), (" 513-1023 ", (513, 1023)), ("1-65535", (1, 65535)), ("5-5", (5, 5))],
)
def test_parse(text, expected):
    assert port_ranges.parse(text) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("ssh", "Invalid port range 'ssh': use the form '623' or '513-1023'."),
        ("", "Invalid port range '': use the form '623' or '513-1023'."),
        ("1-2-3", "Invalid port range '1-2-3': use the form '623' or '513-1023'."),
        ("-5", "Invalid port range '-5': use the form '623' or '513-1023'."),
        (True, "Invalid port range True: use the form '623' or '513-1023'."),
        ("\u0661", "Invalid port range '\u0661': use the form '623' or '513-1023'."),
        ("1023-513", "Invalid port range '1023-513': the start is greater than the end."),
        ("0", "Invalid port range '0': ports are 1-65535."),
        ("65536", "Invalid port range '65536': ports are 1-65535."),
        ("1-65536", "Invalid port range '1-65536': ports are 1-65535."),
    ],
)
def test_parse_says_what_is_wrong(text, message):
    with pytest.raises(HostError) as error:
        port_ranges.parse(text)
    assert str(error.value) == message


@pytest.mark.parametrize("text", ["623", "513-1023"])
def test_form_is_the_way_back(text):
    assert port_ranges.form(*port_ranges.parse(text)) == text


@pytest.mark.parametrize(
    "ranges, expected",
    [
        ([], []),
        ([(5, 5), (4, 4)], [(4, 5)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, 3), (5, 6)], [(1, 3), (5, 6)]),
        ([(7, 9), (1, 3), (3, 6)], [(1, 9)]),
    ],
)
def test_merge(ranges, expected):
    assert port_ranges.merge(ranges) == expected


def test_merge_covers_the_same_ports_with_gaps_between():
    chance = random.Random(623)
    for _round in range(200):
        firsts = [chance.randint(1, 60) for _range in range(chance.randint(0, 8))]
        ranges = [(first, first + chance.randint(0, 6)) for first in firsts]
        merged = port_ranges.merge(ranges)
        assert ports(merged) == ports(ranges)
        assert all(low[1] + 1 < high[0] for low, high in zip(merged, merged[1:]))


def ports(ranges):
    return {port for first, last in ranges for port in range(first, last + 1)}
