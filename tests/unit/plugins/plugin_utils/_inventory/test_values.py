# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be written for a value: as itself, and as the text that a survey makes of it."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import Unfit, UnfitItem

ONE_OF = values.choice("nimsh", "rsh")
SOME_OF = values.choices("push", "pull")
PIN = values.optional(values.either("auto", values.port))


@pytest.mark.parametrize(
    "read, value, expected",
    [
        (values.text, "default", "default"),
        (values.text, 7, "7"),
        (values.names, ["eth0", "eth1"], ("eth0", "eth1")),
        (values.names, "eth0, eth1", ("eth0", "eth1")),
        (values.names, "['eth0', \"eth1\"]", ("eth0", "eth1")),
        (values.names, "[]", ()),
        (values.names, "nim_clients[0]", ("nim_clients[0]",)),
        (values.names, "[ab]1, nim_clients[0:3]", ("[ab]1", "nim_clients[0:3]")),
        (values.names, "[m1, nim_clients[0]]", ("m1", "nim_clients[0]")),
        (values.boolean, True, True),
        (values.boolean, "false", False),
        (values.boolean, "Yes", True),
        (values.boolean, 0, False),
        (values.count, "3", 3),
        (values.port, 623, 623),
        (values.port, " 623 ", 623),
        (values.ports, [664, "623", 664], (623, 664)),
        (values.ports, "664,623", (623, 664)),
        (values.ports, 623, (623,)),
        (values.port_ranges, "513-1023", ("513-1023",)),
        (values.port_ranges, ["1000-1023", 999, "513"], ("513", "999-1023")),
        (values.networks, "192.0.2.1, 2001:db8::1/64", ("192.0.2.1/32", "2001:db8::/64")),
        (values.networks, ["198.51.100.7/24"], ("198.51.100.0/24",)),
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
        (values.text, ["a"], "set it to one name"),
        (values.names, {"a": 1}, "set it to a list"),
        (values.boolean, "maybe", "set it to true or false"),
        (values.count, "0", "set it to a whole number of at least 1"),
        (values.count, 1.5, "set it to a whole number of at least 1"),
        (values.port, 0, "set it to a port between 1 and 65535"),
        (values.port, "65536", "set it to a port between 1 and 65535"),
        (values.port, True, "set it to a port between 1 and 65535"),
        (values.port, "mountd", "set it to a port between 1 and 65535"),
        (values.ports, "623,x", "set it to a port between 1 and 65535"),
        (values.port_ranges, "1023-513", "the start of the range is greater than its end"),
        (values.port_ranges, "1-70000", "set it to a port or a port range within 1-65535"),
        (values.port_ranges, "513:1023", "set it to a port or a port range, such as 623 or 513-1023"),
        (values.port_ranges, [], "set it to at least one port or port range"),
        (values.networks, "nim01", "set it to an IP address or a network, such as 192.0.2.1, 192.0.2.0/24 or"),
        (values.networks, "192.0.2.1/33", "set it to an IP address or a network"),
        (ONE_OF, "ssh", "set it to nimsh or rsh"),
        (SOME_OF, "push,pul", "set it to one or more of push, pull"),
        (SOME_OF, [], "set it to at least one of push, pull"),
        (PIN, "4o46", "set it to a port between 1 and 65535, or to auto, or to null"),
    ],
)
def test_unfit(read, value, advice):
    with pytest.raises(Unfit) as error:
        read(value)
    assert advice in str(error.value)


@pytest.mark.parametrize(
    "read, value, item",
    [
        (values.ports, [623, "x"], "x"),
        (values.port_ranges, "513-622,624-70000", "624-70000"),
        (values.networks, ["192.0.2.1", "nim01"], "nim01"),
    ],
)
def test_of_a_list_the_unfit_item_is_named(read, value, item):
    with pytest.raises(UnfitItem) as error:
        read(value)
    assert error.value.item == item


@pytest.mark.parametrize("read, value", [
    (values.text, "a\nb"), (values.text, "\x1b[2J"), (values.text, "\ud800"), (values.text, ""), (values.text, "x" * 1001),
    (values.port, "1" * 5000), (values.count, "\u00b2"), (values.duration, "9" * 5000 + "h"), (values.port, "1_0"),
])  # fmt: skip
def test_what_no_one_means_is_refused(read, value):
    with pytest.raises(values.Unfit, match="^set it to"):
        read(value)
