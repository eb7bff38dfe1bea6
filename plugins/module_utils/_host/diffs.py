# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs on a host, short enough for a report on a whole fleet.

A diff shows one host in full. A difference is what a report on a thousand hosts shows of it: for each file (or other
text), the lines that are unwanted and those that are missing, with their number and the first few of them.
"""

import collections

MOST_LINES = 10
MOST_CHARACTERS = 400


def of_diffs(diffs):
    """Return the differences in a list of diffs as Ansible shows them."""
    return [_difference(each["before_header"], _placed(each["before"]), _placed(each["after"])) for each in diffs]


def _difference(where, before, after):
    return dict(where=where, unwanted=_excerpt(before, after), missing=_excerpt(after, before))


def _excerpt(lines, others):
    """Return the number of lines that the others lack, and the first of these lines."""
    found = _surplus(lines, others)
    return dict(count=len(found), lines=[_cut(line) for line in found[:MOST_LINES]])


def _surplus(lines, others):
    left = collections.Counter(others)
    found = []
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
        else:
            found.append(line)
    return found


def _placed(text):
    """Return the lines, each behind the heads of its blocks: a rule means little without its chain."""
    heads, placed = [], []
    for line in (line.strip() for line in text.splitlines()):
        if line.endswith("{"):
            heads.append(line.rstrip(" ={"))
        elif line.startswith("}"):
            del heads[-1:]
        elif line:
            # In a list, only the last entry is not followed by a comma.
            placed.append(": ".join([", ".join(heads), line.rstrip(",")] if heads else [line]))
    return placed


def _cut(line):
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "…"
