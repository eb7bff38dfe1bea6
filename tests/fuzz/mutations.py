# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutations of real samples: cut, doubled, shuffled, and mixed with text that is difficult to parse."""

from __future__ import annotations

import random

SNIPPETS = (
    b"", b"\n", b"\n\n", b"\r", b"\r\n", b"\0", b"\t", b" ", b"\x0b", b"\x0c", b"\x1b[2J", b"\x1c", b"\x85", b"\xa0",
    b"\xff", "\u2028".encode(), "\u2029".encode(), "\u0663\u00b2".encode(), "\ud800".encode("utf-8", "surrogatepass"),
    "\u202e".encode(), b";", b"; flush ruleset", b"}", b"{", b'"', b"'", b"`id`", b"$(id)", b"#", b"|", b"||", b"=",
    b":", b",", b"-", b"--", b"/", b"\\", b"*", b"%n", b"%s", b"<", b">", b"&lt;", b"&#0;", b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"0", b"-1", b"00", b"65536", b"4294967296", b"1e309", b"0x1", b"9" * 5000,
    b"A" * 70000, b" " * 3000, b"[" * 3000, b"(" * 3000, b"nan", b"null", b"true", b"[]", b"{}", b'{"": {}}',
    b"include \"*\"\n",
)  # fmt: skip

_MOST_CHANGES = 4


def mutated(sample: bytes, dice: random.Random) -> bytes:
    """Return the sample with a few changes; occasionally nothing of it remains."""
    if dice.random() < 0.05:
        return dice.randbytes(dice.randrange(200))
    data = sample
    for _change in range(dice.randint(1, _MOST_CHANGES)):
        data = dice.choice(_CHANGES)(data, dice)
    return data


def _lace(data: bytes, dice: random.Random) -> bytes:
    place = dice.randint(0, len(data))
    return data[:place] + dice.choice(SNIPPETS) + data[place:]


def _replace(data: bytes, dice: random.Random) -> bytes:
    """Replace a word by a snippet."""
    words = data.split(b" ")
    words[dice.randrange(len(words))] = dice.choice(SNIPPETS)
    return b" ".join(words)


def _cut(data: bytes, dice: random.Random) -> bytes:
    first, last = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
    return data[:first] + data[last:] if dice.random() < 0.5 else data[:first]


def _double(data: bytes, dice: random.Random) -> bytes:
    first = dice.randint(0, len(data))
    last = min(len(data), first + dice.randrange(1, 80))
    return data[:last] + data[first:last] * dice.choice((1, 1, 2, 300)) + data[last:]


def _flip(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return data
    place = dice.randrange(len(data))
    return data[:place] + bytes([dice.randrange(256)]) + data[place + 1 :]


def _shuffle(data: bytes, dice: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


_CHANGES = (_lace, _lace, _replace, _cut, _double, _flip, _shuffle)
