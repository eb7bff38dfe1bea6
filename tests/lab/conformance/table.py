# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source's table of directions, row by row, with the ports that a site's hosts have for what it leaves to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from .matrix import Plan
from .packets import Ports

TEXT = Path(__file__).parents[2] / "unit" / "plugins" / "plugin_utils" / "_catalog" / "directions.txt"
_SECTION = re.compile(r"(\w+)\b.*:  \(See")
_ROW = re.compile(r"(Client|Master) (UDP|TCP)\s+\(?(.+?)\)?\s+-+>\s+(Client|Master) \2\s+\(?(.+?)\)?")
_RANGE = re.compile(r"(\d+)(?: ?- ?| and )(\d+)")
_DAEMONS = ("mountd", "lockd", "statd")  # the table's "'mountd' & 'lockd'"; its note on statd adds the third


class Row(NamedTuple):
    """One line of the table; an end is `Client` or `Master`, its ports are in the table's own words."""

    section: str
    source: str
    protocol: str
    source_ports: str
    destination: str
    destination_ports: str

    def samples(self, sender: Plan, receiver: Plan) -> list[Ports]:
        """Ends and middle of each range on one side, with those on the other."""
        sides = zip(_ports(self.source_ports, sender), _ports(self.destination_ports, receiver), strict=True)
        pairs = {pair for side in sides for pair in product(*side)}
        return [Ports(self.protocol, *pair) for pair in sorted(pairs)]


def rows() -> Iterator[Row]:
    """Yield each row of the table."""
    section = ""
    for line in map(str.strip, TEXT.read_text(encoding="utf-8").splitlines()):
        if heading := _SECTION.match(line):
            section = heading[1]
        elif row := _ROW.fullmatch(line):
            source, protocol, *rest = row.groups()
            yield Row(section, source, protocol.lower(), *rest)


def _ports(words: str, plan: Plan) -> list[list[int]]:
    """The ports to try for one end: one list, or one for each daemon whose port the host may choose."""
    if "mountd" in words:
        return [[plan["pins"][name]] if plan["pins"][name] else _in_words(words) for name in _DAEMONS]
    return [_in_words(words)]


def _in_words(words: str) -> list[int]:
    if words == "port client sent request from":  # "random port between 32768 and 65535", a row before
        return _ends_and_middle(32768, 65535)
    if (found := _RANGE.search(words)) and words != "Ports 3901 and 3902":
        return _ends_and_middle(*sorted(map(int, found.groups())))
    return [int(port) for port in re.findall(r"\d+", words)]


def _ends_and_middle(first: int, last: int) -> list[int]:
    return [first, (first + last) // 2, last]
