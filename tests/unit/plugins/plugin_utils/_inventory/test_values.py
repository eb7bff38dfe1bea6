# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be written for a value: as itself, and as the text that a survey makes of it."""

from __future__ import annotations

import pytest
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values as _values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import Unfit, UnfitItem

ONE_OF = _values.choice("nimsh", "rsh")
SOME_OF = _values.choices("push", "pull")
PIN = _values.optional(_values.either("auto", _values.port))


@pytest.mark.parametrize(
    "read, value, expected",
    [
        (_values.text, "default", "default"),
        (_values.text, 7, "7"),
        (_values.names, ["eth0", "eth1"], ("eth0", "eth1")),
        (_values.names, "eth0, eth1", ("eth0", "eth1")),
        (_values.names, "['eth0', \"eth1\"]", ("eth0", "eth1")),
        (_values.names, "[]", ()),
        (_values.names, "nim_clients[0]", ("nim_clients[0]",)),
        (_values.names, "[ab]1, nim_clients[0:3]", ("[ab]1", "nim_clients[0:3]")),
        (_values.names, "[m1, nim_clients[0]]", ("m1", "nim_clients[0]")),
        (_values.boolean, True, True),
        (_values.boolean, "false", False),
        (_values.boolean, "Yes", True),
        (_values.boolean, 0, False),
        (_values.count, "3", 3),
        (_values.port, 623, 623),
        (_values.port, " 623 ", 623),
        (_values.ports, [664, "623", 664], (623, 664)),
        (_values.ports, "664,623", (623, 664)),
        (_values.ports, 623, (623,)),
        (_values.port_ranges, "513-1023", ("513-1023",)),
        (_values.port_ranges, ["1000-1023", 999, "513"], ("513", "999-1023")),
        (_values.networks, "192.0.2.1, 2001:db8::1/64", ("192.0.2.1/32", "2001:db8::/64")),
        (_values.networks, ["198.51.100.7/24"], ("198.51.100.0/24",)),
        (ONE_OF, "RSH", "rsh"),
        (SOME_OF, "pull,push", ("push", "pull")),
        (SOME_OF, "pull", ("pull",)),
        (PIN, None, None),
        (PIN, "null", None),
        (PIN, "None", None),
        (PIN, "auto", "auto"),
        (PIN, "4046", 4046),
    ],
)
def test_fit(read, value, expected):
    result = read(value)
    assert result == expected
    assert isinstance(result, type(expected))


@pytest.mark.parametrize(
    "read, value, advice",
    [
        (_values.text, ["a"], "set it to one name"),
        (_values.names, {"a": 1}, "set it to a list"),
        (_values.boolean, "maybe", "set it to true or false"),
        (_values.count, "0", "set it to a whole number from 1 on"),
        (_values.count, 1.5, "set it to a whole number from 1 on"),
        (_values.port, 0, "set it to a port, 1 to 65535"),
        (_values.port, "65536", "set it to a port, 1 to 65535"),
        (_values.port, True, "set it to a port, 1 to 65535"),
        (_values.port, "mountd", "set it to a port, 1 to 65535"),
        (_values.ports, "623,x", "set it to a port, 1 to 65535"),
        (_values.port_ranges, "1023-513", "the range is upside down, write 513-1023"),
        (_values.port_ranges, "1-70000", "write a port or a range of ports within 1-65535"),
        (_values.port_ranges, "513:1023", "write a port or a range of ports, such as 623 or 513-1023"),
        (_values.port_ranges, [], "name at least one port or range"),
        (_values.networks, "nim01", "write an IP address or a network, such as 192.0.2.1, 192.0.2.0/24 or"),
        (_values.networks, "192.0.2.1/33", "write an IP address or a network"),
        (ONE_OF, "ssh", "set it to nimsh or rsh"),
        (SOME_OF, "push,pul", "set it to one or more of push, pull"),
        (SOME_OF, [], "name at least one of push, pull"),
        (PIN, "4o46", "set it to a port, 1 to 65535, or to auto, or to null"),
    ],
)
def test_unfit(read, value, advice):
    with pytest.raises(Unfit) as error:
        read(value)
    assert advice in str(error.value)


@pytest.mark.parametrize(
    "read, value, item",
    [
        (_values.ports, [623, "x"], "x"),
        (_values.port_ranges, "513-622,624-70000", "624-70000"),
        (_values.networks, ["192.0.2.1", "nim01"], "nim01"),
    ],
)
def test_of_a_list_the_unfit_item_is_named(read, value, item):
    with pytest.raises(UnfitItem) as error:
        read(value)
    assert error.value.item == item


@pytest.mark.parametrize("read, value", [
    (_values.text, "a\nb"), (_values.text, "\x1b[2J"), (_values.text, "\ud800"), (_values.text, ""), (_values.text, "x" * 1001),
    (_values.port, "1" * 5000), (_values.count, "\u00b2"), (_values.duration, "9" * 5000 + "h"), (_values.port, "1_0"),
])  # fmt: skip
def test_what_no_one_means_is_refused(read, value):
    with pytest.raises(_values.Unfit, match="^set it to"):
        read(value)
