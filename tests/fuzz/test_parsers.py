# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A parser answers or refuses any file or program output of a host in one line: no traceback, no hang."""

from __future__ import annotations

import random

import pytest

from .attempts import attempt
from .mutations import mutated
from .parsers import READERS

# Each costs so little that there can be many.
INPUTS_PER_PROPERTY = 5


@pytest.mark.parametrize("name", READERS)
def test_what_a_host_says(name: str, dice: random.Random, inputs: int) -> None:
    sample, read = READERS[name]
    attempt(read, sample)
    for _input in range(INPUTS_PER_PROPERTY * inputs):
        data = mutated(sample, dice)
        try:
            attempt(read, data)
        except BaseException as error:
            raise AssertionError(f"The input was {data[:300]!r}.") from error
