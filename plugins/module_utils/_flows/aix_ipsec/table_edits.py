# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The edits from the present filter table to the wanted one, one rule at a time, never wider than both together.

At each step a packet passes only if it passes the table at the start or the one at the end: denies are inserted first,
then permits; permits are removed next, denies last. So a table that is activated half way, or after a crash, opens
nothing else. Rules of both tables are left unchanged, and foreign ones (items without an ``action``) must be the same in
both. The way back is the same computation with the tables exchanged.
"""

from collections import namedtuple

Edit = namedtuple("Edit", "kind position rule")
"""``insert`` a rule before, or ``remove`` the one at, a position counted from 0 in the table as it is by then."""

_Slot = namedtuple("_Slot", "rule is_old is_new")


def edits(present, wanted):
    """Return the edits, in order, that turn the one list into the other."""
    slots = _braided(present, wanted)
    here = [slot.is_old for slot in slots]
    found = []
    for kind, action in (("insert", "deny"), ("insert", "permit"), ("remove", "permit"), ("remove", "deny")):
        for number, slot in enumerate(slots):
            if slot.is_old != slot.is_new and slot.is_new == (kind == "insert") and slot.rule.action == action:
                found.append(Edit(kind, sum(here[:number]), slot.rule))
                here[number] = slot.is_new
    return found


def apply(edit, table):
    """Apply an edit to a list of rules."""
    if edit.kind == "insert":
        table.insert(edit.position, edit.rule)
    else:
        del table[edit.position]


def _braided(present, wanted):
    """Return the slots of both tables in an order that keeps that of each; they meet at the foreign items."""
    old, new = _sections(present), _sections(wanted)
    slots = []
    for (foreign, old_rules), (_foreign, new_rules) in zip(old, new):
        if foreign is not None:
            slots.append(_Slot(foreign, True, True))
        slots += _braid(old_rules, new_rules)
    return slots


def _sections(table):
    """Split a table into ``[(foreign item, managed rules behind it)]``; no foreign item stands before the first."""
    sections = [(None, [])]
    for item in table:
        if hasattr(item, "action"):
            sections[-1][1].append(item)
        else:
            sections.append((item, []))
    return sections


def _braid(old, new):
    """Braid two lists along their longest common subsequence."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    common = [_Slot(rule, True, True) for rule in old[:start]]
    tail = [_Slot(rule, True, True) for rule in old[len(old) - end :]]
    return common + _braid_of_different(old[start : len(old) - end], new[start : len(new) - end]) + tail


def _braid_of_different(old, new):
    lengths = _common_lengths(old, new)
    slots = []
    left = right = 0
    while left < len(old) or right < len(new):
        if left < len(old) and right < len(new) and old[left] == new[right]:
            slots.append(_Slot(old[left], True, True))
            left, right = left + 1, right + 1
        elif right == len(new) or (left < len(old) and lengths[left + 1][right] >= lengths[left][right + 1]):
            slots.append(_Slot(old[left], True, False))
            left += 1
        else:
            slots.append(_Slot(new[right], False, True))
            right += 1
    return slots


def _common_lengths(old, new):
    """Return for each pair of ends the length of the longest common subsequence of what follows."""
    lengths = [[0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for left in reversed(range(len(old))):
        below, row = lengths[left + 1], lengths[left]
        for right in reversed(range(len(new))):
            same = old[left] == new[right]
            row[right] = below[right + 1] + 1 if same else max(below[right], row[right + 1])
    return lengths
