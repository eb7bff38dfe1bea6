# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``lsfilt -O`` prints, read line by line; a line in an unknown form is kept as text."""

import re
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

Rule = namedtuple(
    "Rule",
    "action source source_mask destination destination_mask source_routing protocol"
    " source_operator source_port destination_operator destination_port"
    " routing direction log fragments tunnel interface expiration pattern_type pattern description",
)
"""A rule as ``lsfilt -O`` prints it, in its order of fields."""

Line = namedtuple("Line", "number rule text")
"""A line: the rule's number, the rule (None for other forms), and what the line says behind the number."""

Table = namedtuple("Table", "lines default remarks")
"""A filter table in its order, the default rule that stands behind all others, and printed lines without a number."""

_NUMBER = re.compile("[0-9]{1,9}")

PLACEMENT = "*** Dynamic filter placement rule"
"""What the line says instead of a rule that marks the place of the rules for IKE tunnels."""


def table(output):
    """Read the defined or the active table.

    The defined table numbers the default rule 0, the active one goes on counting: in both it stands last.
    """
    printed = [text.strip() for text in output.split("\n") if text.strip()]
    lines = [_line(text) for text in printed if _is_numbered(text)]
    if not lines or lines[-1].rule is None:
        raise HostError("lsfilt lists no default rule at the end; make the ipsec devices available and run again.")
    default = lines.pop()
    numbers = [line.number for line in lines]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise HostError(
            f"lsfilt lists the rules {', '.join(map(str, numbers))}. Their numbers are not consecutive, so no rule can"
            " be placed by its number; nothing was changed."
        )
    return Table(lines, default.rule, [text for text in printed if not _is_numbered(text)])


def unknown_forms(read):
    """Return the printed lines that are neither a rule nor the place of the rules for IKE tunnels."""
    odd = [line for line in read.lines if line.rule is None and PLACEMENT not in line.text]
    return read.remarks + [f"{line.number}|{line.text}" for line in odd]


def contents(read):
    """Return what a table does, in order: without numbers and descriptions, of which the active table has none."""
    rules = [line.rule for line in read.lines] + [read.default]
    texts = [line.text for line in read.lines] + [""]
    return [rule._replace(description="") if rule else text for rule, text in zip(rules, texts)]


def contents_in_force(output):
    """Read what the active table does; one that was never loaded is empty."""
    return contents(table(output)) if output.strip() else []


def _is_numbered(text):
    return _NUMBER.fullmatch(text.partition("|")[0]) is not None


def _line(text):
    number, _bar, rest = text.partition("|")
    fields = rest.split("|", len(Rule._fields) - 1)
    known = len(fields) == len(Rule._fields) and fields[0] in ("permit", "deny")
    return Line(int(number), Rule(*fields) if known else None, rest)
