# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages for people: printable, on one line, and of limited length."""

from __future__ import annotations

from collections.abc import Sequence

# Some errors name what is wrong with each of many hosts.
# Of an error, which may name many hosts, and of a text from a host.
_MOST_CHARACTERS, _MOST_FROM_A_HOST = 20_000, 1_000


class MatrixError(Exception):
    """An error in the input; its text is the whole message.

    The text names the place, the value and the remedy. It is one printable line, whatever an inventory or a host put
    into it.
    """

    def __init__(self, text: str) -> None:
        line = printable(text)
        half = _MOST_CHARACTERS // 2
        super().__init__(line if len(line) <= 2 * half else f"{line[:half]} … {line[-half:]}")


def printable(text: str) -> str:
    """Return text of any origin on one line, without characters that move a cursor or hide a word."""
    return "".join(map(_printable_character, text)).strip()


def one_line(text: object) -> str:
    """Return a text from a host as one printable line of limited length."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= _MOST_FROM_A_HOST else line[:_MOST_FROM_A_HOST] + "…"


def join_limited(items: Sequence[str], most: int, count: int | None = None) -> str:
    """Return the first ``most`` items and how many more there are; ``count``: of so many, if there are others."""
    more = (len(items) if count is None else count) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def _printable_character(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"
