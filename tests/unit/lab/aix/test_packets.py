# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet question: first match, no state, and a switch for each thing that IBM doesn't say."""

import pytest

HERE, THERE = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def closed(console):
    """A host that denies by default."""
    console.prints("mkdev -c ipsec -t 4")
    console.prints("mkfilt -v4 -u -z D")
    return console


def permit(console, words):
    console.prints(f"genfilt -v4 -a P -s 198.51.100.0 -m 255.255.255.0 -d {HERE} -M 255.255.255.255 {words}")
    console.prints("mkfilt -v4 -u")


def arrives(console, source=1023, destination=1058, protocol="tcp", address=THERE, **options):
    return console.host.passes("inbound", address, HERE, protocol, source, destination, **options)


def test_nothing_is_filtered_without_a_device(console):
    assert arrives(console)


def test_the_default_decides_at_last(closed):
    assert not arrives(closed)
    closed.prints("mkfilt -v4 -z P")
    assert arrives(closed)


def test_the_default_decides_alone_where_nothing_is_loaded(closed):
    permit(closed, "-c all")
    closed.prints("mkfilt -v4 -d")
    assert not arrives(closed)


def test_the_first_match_wins(closed):
    permit(closed, "-c tcp")
    closed.prints("genfilt -v4 -n 3 -a D -s 0 -m 0 -d 0 -M 0 -c tcp -O eq -P 1058")
    closed.prints("mkfilt -v4 -u")
    assert not arrives(closed)
    assert arrives(closed, destination=1059)


@pytest.mark.parametrize(
    ("operator", "passing"),
    [
        ("lt", [9]),
        ("le", [9, 10]),
        ("gt", [11]),
        ("ge", [10, 11]),
        ("eq", [10]),
        ("neq", [9, 11]),
        ("any", [9, 10, 11]),
    ],
)
def test_operators(closed, operator, passing):
    permit(closed, f"-c tcp -O {operator} -P 10")
    assert [port for port in (9, 10, 11) if arrives(closed, destination=port)] == passing


@pytest.mark.parametrize(
    ("words", "packet", "is_passed"),
    [
        ("-c tcp", {"protocol": "udp"}, False),
        ("-c all", {"protocol": "udp"}, True),
        ("-c tcp", {"address": "198.51.101.7"}, False),
        ("-c tcp/ack", {"ack": False}, False),
        ("-c tcp/ack", {"ack": True}, True),
        ("-c tcp/ack", {"ack": True, "protocol": "udp"}, False),
        ("-c tcp -w O", {}, False),
        ("-c tcp -r L", {"routed": True}, False),
        ("-c tcp -r R", {"routed": True}, True),
        ("-c tcp -r R", {}, False),
        ("-c tcp -i en1", {}, False),
        ("-c tcp -i en1", {"interface": "en1"}, True),
        ("-c tcp -g N", {"source_routed": True}, False),
        ("-c tcp -g Y", {"source_routed": True}, True),
        ("-c tcp -f N", {"fragment": "first"}, False),
        ("-c tcp -f O", {}, False),
        ("-c tcp -f O", {"fragment": "later"}, True),
        ("-c tcp -f H", {"fragment": "later"}, False),
        ("-c tcp -f H", {"fragment": "first"}, True),
    ],
)
def test_fields(closed, words, packet, is_passed):
    permit(closed, words)
    assert arrives(closed, **packet) is is_passed


def test_icmp_type_and_code_stand_for_ports(closed):
    permit(closed, "-c icmp -o eq -p 8 -O eq -P 0")
    assert arrives(closed, 8, 0, "icmp") and not arrives(closed, 13, 0, "icmp")


@pytest.mark.parametrize("is_filtered", [True, False])
def test_switch_for_loopback(closed, is_filtered):
    closed.host.change(unknowns={"loopback_is_filtered": is_filtered})
    assert closed.host.passes("inbound", "127.0.0.1", "127.0.0.1", "tcp", 1, 2, interface="lo0") is not is_filtered


@pytest.mark.parametrize("is_matched", [True, False])
def test_switch_for_ports_of_later_fragments(closed, is_matched):
    closed.host.change(unknowns={"ports_match_later_fragments": is_matched})
    permit(closed, "-c udp -O eq -P 2049")
    assert arrives(closed, 700, 0, "udp", fragment="later") is is_matched


def test_an_expired_rule_is_out_of_force_until_the_next_load(closed):
    permit(closed, "-c tcp -e 1")
    assert arrives(closed)
    closed.host.change(unknowns={"seconds_of_expiration_unit": 1e-9})
    assert not arrives(closed)


def test_conditions_are_not_guessed(closed):
    closed.prints("genfilt -v4 -a I -s 0 -m 0 -d 0 -M 0")
    closed.prints("genfilt -v4 -a E -s 0 -m 0 -d 0 -M 0")
    closed.prints("mkfilt -v4 -u")
    with pytest.raises(NotImplementedError, match="rules of the action if"):
        arrives(closed)
