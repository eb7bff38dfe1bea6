# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits lead to the wanted table, are as few as can be, and never let through what neither table does."""

import random
from collections import namedtuple

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.table_edits import apply, edits

# A rule of the model: what it does with which of eight packets. Foreign items are texts, "permit 3" or "deny 3".
Ours = namedtuple("Ours", "action packets")
PACKETS = range(8)


def verdict(table, packet):
    for item in table:
        action, packets = item if isinstance(item, Ours) else (item.split()[0], item.split()[1])
        if str(packet) in packets:
            return action
    return "deny"


def admitted(table):
    return {packet for packet in PACKETS if verdict(table, packet) == "permit"}


def some_packets(chance):
    return "".join(map(str, chance.sample(PACKETS, chance.randint(1, 4))))


def some_rule(chance):
    return Ours(chance.choice(("permit", "deny")), some_packets(chance))


def some_tables(chance):
    """The same foreign items among different managed rules, many of which both tables have."""
    known = [some_rule(chance) for _rule in range(4)]
    foreign = [f"{chance.choice(('permit', 'deny'))} {some_packets(chance)}" for _item in range(chance.randint(0, 3))]
    tables = []
    for _table in range(2):
        table = list(foreign)
        for _rule in range(chance.randint(0, 6)):
            table.insert(chance.randint(0, len(table)), chance.choice(known + [some_rule(chance)]))
        tables.append(table)
    return tables


@pytest.mark.parametrize("seed", range(150))
def test_no_step_admits_more_than_both_tables(seed):
    present, wanted = some_tables(random.Random(seed))
    table = list(present)
    for edit in edits(present, wanted):
        if edit.kind == "remove":
            assert table[edit.position] == edit.rule
        apply(edit, table)
        assert admitted(table) <= admitted(present) | admitted(wanted)
    assert table == wanted


def longest_common(one, other):
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_common(one[1:], other[1:])
    return max(longest_common(one[1:], other), longest_common(one, other[1:]))


@pytest.mark.parametrize("seed", range(200))
def test_no_shorter_series_exists(seed):
    chance = random.Random(seed)
    known = [some_rule(chance) for _rule in range(chance.randint(2, 5))]
    present, wanted = ([chance.choice(known) for _rule in range(chance.randint(0, 7))] for _table in range(2))
    found, table = edits(present, wanted), list(present)
    for edit in found:
        apply(edit, table)
    assert table == wanted
    assert len(found) == len(present) + len(wanted) - 2 * longest_common(present, wanted)


@pytest.mark.parametrize("seed", range(50))
def test_the_way_back_leads_back(seed):
    present, wanted = some_tables(random.Random(seed))
    table = list(present)
    for edit in edits(present, wanted)[:3]:
        apply(edit, table)
    for edit in edits(table, present):
        apply(edit, table)
    assert table == present


def test_equal_tables_need_no_edit():
    table = ["permit 1", Ours("permit", "2")]
    assert edits(table, list(table)) == []


def test_foreign_rule_behind_ours_is_passed():
    ours = Ours("permit", "2")
    assert [(edit.kind, edit.position) for edit in edits([ours, "deny 2"], ["deny 2", ours])] == [
        ("insert", 2), ("remove", 0),
    ]  # fmt: skip
