# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers of values: what may be written as the value of a variable, and what it means.

A survey or the command line provides everything as text, so each reader also accepts text. A reader returns the value,
or raises :class:`Unfit` with the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets, port_sets

Reader = Callable[[object], object]

# How a survey leaves a question unanswered.
UNANSWERED = ""

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_NULL = ("null", "none", "~")

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 31 * 86400

# A text in brackets as a whole; host patterns contain brackets of their own.
_BRACKETED = re.compile(r"^\[((?:[^\[\]]|\[[^\[\]]*\])*)\]$")

# No number or name of fleet.ports is longer.
_MOST_DIGITS, _MOST_CHARACTERS = 18, 1000


class Unfit(Exception):
    """The value is invalid; the text is the remedy."""


class UnfitItem(Unfit):
    """One item of a list is invalid."""

    def __init__(self, item: object, advice: str) -> None:
        super().__init__(advice)
        self.item = item


def items(value: object) -> list:
    """Return a list unchanged, and a text split at its commas, with or without brackets and quotes."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        parts = (part.strip(" '\"") for part in _BRACKETED.sub(r"\1", value.strip()).split(","))
        return [part for part in parts if part]
    if isinstance(value, (dict, bool)):
        raise Unfit("set it to a list")
    return [value]


def text(value: object) -> str:
    written = "" if isinstance(value, (dict, list, tuple, bool)) else str(value).strip()
    if not 0 < len(written) <= _MOST_CHARACTERS or not written.isprintable():
        raise Unfit("set it to one name")
    return written


def names(value: object) -> tuple[str, ...]:
    return tuple(text(item) for item in items(value))


def boolean(value: object) -> bool:
    word = str(value).strip().lower()
    if word not in _TRUE + _FALSE:
        raise Unfit("set it to true or false")
    return word in _TRUE


def count(value: object) -> int:
    number = _whole_number(value)
    if number is None or number < 1:
        raise Unfit("set it to a whole number of at least 1")
    return number


def percentage(value: object) -> int:
    number = _whole_number(value)
    if number is None or number > 100:
        raise Unfit("set it to a percentage, 0 to 100")
    return number


def duration(value: object) -> int:
    """Return a time in seconds; it is written as a number of seconds, or with one of the units s, m, h and d."""
    written = str(value).strip().lower()
    number = _whole_number(written.rstrip("".join(_SECONDS)))
    seconds = number * _SECONDS.get(written.lstrip("0123456789") or "s", 0) if number is not None else 0
    if not 1 <= seconds <= LONGEST:
        raise Unfit("set it to a time between 1s and 31d, such as 90m, 4h or 2d")
    return seconds


def port(value: object) -> int:
    number = _whole_number(value)
    if number is None or not port_sets.LOWEST <= number <= port_sets.HIGHEST:
        raise Unfit(f"set it to a port between {port_sets.LOWEST} and {port_sets.HIGHEST}")
    return number


def ports(value: object) -> tuple[int, ...]:
    return tuple(sorted(set(_each(port, value))))


def port_ranges(value: object) -> tuple[str, ...]:
    try:
        ranges = port_sets.normal(items(value))
    except port_sets.NoPorts as error:
        raise UnfitItem(error.text, str(error)) from error
    if not ranges:
        raise Unfit("set it to at least one port or port range")
    return ranges


def networks(value: object) -> tuple[str, ...]:
    return tuple(_each(_network, value))


def choice(*words: str) -> Reader:
    """Return a reader for one of these words, in upper or lower case."""

    def read(value: object) -> str:
        word = str(value).strip().lower()
        if word not in words:
            raise Unfit(f"set it to {' or '.join(words)}")
        return word

    return read


def number_choice(*numbers: int) -> Reader:
    """Return a reader for one of these numbers."""
    word = choice(*map(str, numbers))
    return lambda value: int(word(value))


def mapping_of(what: str) -> Reader:
    """Return a reader for a mapping; ``what`` describes its keys and values."""

    def read(value: object) -> Mapping:
        if not isinstance(value, Mapping):
            raise Unfit(f"set it to a mapping of {what}")
        return value

    return read


def choices(*words: str) -> Reader:
    """Return a reader for a list of these words."""
    one = choice(*words)

    def read(value: object) -> tuple[str, ...]:
        try:
            chosen = {one(item) for item in items(value)}
        except Unfit as error:
            raise Unfit(f"set it to one or more of {', '.join(words)}") from error
        if not chosen:
            raise Unfit(f"set it to at least one of {', '.join(words)}")
        return tuple(word for word in words if word in chosen)

    return read


def optional(read: Reader) -> Reader:
    """Return a reader that also accepts null and the words for it."""

    def read_or_null(value: object) -> object:
        if value is None or str(value).strip().lower() in _NULL:
            return None
        try:
            return read(value)
        except Unfit as error:
            raise Unfit(f"{error}, or to null") from error

    return read_or_null


def either(word: str, read: Reader) -> Reader:
    """Return a reader that also accepts one word."""

    def read_or_word(value: object) -> object:
        if str(value).strip().lower() == word:
            return word
        try:
            return read(value)
        except Unfit as error:
            raise Unfit(f"{error}, or to {word}") from error

    return read_or_word


def _each(read: Reader, value: object) -> Iterator[object]:
    """Yield the items of a list, each as the reader returns it."""
    for item in items(value):
        try:
            yield read(item)
        except Unfit as error:
            raise UnfitItem(item, str(error)) from error


def _network(value: object) -> str:
    network = address_sets.network(value)
    if network is None:
        raise Unfit("set it to an IP address or a network, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64")
    return network


def _whole_number(value: object) -> int | None:
    digits = str(value).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None
