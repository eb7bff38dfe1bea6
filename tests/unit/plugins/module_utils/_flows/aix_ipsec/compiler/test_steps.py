# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compiled lists say what their boxes say, asked at every boundary of a range, alone and ahead of foreign rules."""

import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.port_grid import (
    HIGHEST,
    LOWEST,
    matches,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.steps import Box, Step, steps

RESERVED = (513, 1023)
EPHEMERAL = (32768, 65535)
ALL = (LOWEST, HIGHEST)
ROUNDS = range(80)


def verdict(rules, packet):
    """The action of the first rule that matches, or None."""
    source, destination, has_ack = packet
    for step in rules:
        if (
            (has_ack or step.protocol != "tcp/ack")
            and matches(step.source, source)
            and matches(step.destination, destination)
        ):
            return step.action
    return None


def wanted(boxes, packet):
    source, destination, has_ack = packet
    return any(
        (has_ack or box.protocol != "tcp/ack")
        and box.source[0] <= source <= box.source[1]
        and box.destination[0] <= destination <= box.destination[1]
        for box in boxes
    )


def around(ranges):
    """Ports just inside, just outside and in the middle of ranges."""
    ports = {LOWEST, HIGHEST}
    for first, last in ranges:
        ports.update((first - 1, first, (first + last) // 2, last, last + 1))
    return sorted(port for port in ports if LOWEST <= port <= HIGHEST)


def packets(boxes):
    return [
        (source, destination, has_ack)
        for source in around(box.source for box in boxes)
        for destination in around(box.destination for box in boxes)
        for has_ack in (False, True)
    ]


def some_range(chance, highest):
    kind = chance.random()
    if kind < 0.35:
        port = chance.randint(0, highest)
        return port, port
    if kind < 0.5:
        return chance.randint(0, highest), HIGHEST
    if kind < 0.55:
        return LOWEST, chance.randint(1, highest)
    return tuple(sorted((chance.randint(0, highest), chance.randint(0, highest))))


def some_boxes(chance):
    protocols = chance.choice((["udp"], ["tcp", "tcp/ack"], ["tcp/ack"]))
    highest = chance.choice((8, 20, HIGHEST))
    return [
        Box(chance.choice(protocols), some_range(chance, highest), some_range(chance, highest))
        for _box in range(chance.randint(1, 6))
    ]


@pytest.mark.parametrize("seed", ROUNDS)
def test_list_permits_just_the_boxes(seed):
    boxes = some_boxes(random.Random(seed))
    rules = steps(boxes)
    for packet in packets(boxes):
        assert (verdict(rules, packet) == "permit") == wanted(boxes, packet), packet


@pytest.mark.parametrize("seed", ROUNDS)
def test_no_step_is_idle(seed):
    boxes = some_boxes(random.Random(seed))
    rules = steps(boxes)
    asked = packets(boxes)
    for number in range(len(rules)):
        fewer = rules[:number] + rules[number + 1 :]
        assert any((verdict(fewer, packet) == "permit") != wanted(boxes, packet) for packet in asked), rules[number]


@pytest.mark.parametrize("seed", ROUNDS)
def test_rule_appended_behind_the_list_opens_its_own_packets_at_most(seed):
    chance = random.Random(seed)
    boxes = some_boxes(chance)
    foreign = Step("permit", boxes[0].protocol, ("ge", chance.randint(0, HIGHEST)), ("eq", chance.randint(0, HIGHEST)))
    rules = steps(boxes) + [foreign]
    for packet in packets(boxes):
        if wanted(boxes, packet):
            assert verdict(rules, packet) == "permit"
        elif verdict([foreign], packet) is None:
            assert verdict(rules, packet) != "permit"


@pytest.mark.parametrize("seed", range(20))
def test_order_of_the_boxes_makes_no_difference(seed):
    chance = random.Random(seed)
    boxes = some_boxes(chance)
    assert steps(boxes) == steps(chance.sample(boxes, len(boxes)))


def test_single_ports_need_one_rule():
    assert steps([Box("udp", (68, 68), (67, 67))]) == [Step("permit", "udp", ("eq", 68), ("eq", 67))]


def test_range_up_to_the_highest_port_needs_one_rule():
    assert steps([Box("udp", EPHEMERAL, (69, 69))]) == [Step("permit", "udp", ("ge", 32768), ("eq", 69))]


def test_reserved_range_needs_one_deny_and_one_permit():
    assert steps([Box("tcp", RESERVED, (1059, 1059))]) == [
        Step("deny", "tcp", ("ge", 1024), ("any", 0)),
        Step("permit", "tcp", ("ge", 513), ("eq", 1059)),
    ]


def test_a_range_on_both_sides_needs_three_rules():
    assert len(steps([Box("tcp", RESERVED, RESERVED)])) == 3


def test_ports_that_share_a_range_share_its_deny():
    assert len(steps([Box("tcp", RESERVED, (port, port)) for port in (111, 1058, 1059, 2049)])) == 5


def test_all_ports_are_any():
    assert steps([Box("tcp", ALL, (22, 22))]) == [Step("permit", "tcp", ("any", 0), ("eq", 22))]


def test_answers_lie_in_what_may_begin():
    boxes = [Box("tcp", EPHEMERAL, (22, 22)), Box("tcp/ack", EPHEMERAL, (22, 22))]
    assert steps(boxes) == [Step("permit", "tcp", ("ge", 32768), ("eq", 22))]


def test_nothing_to_open_needs_no_rule():
    assert steps([]) == []
