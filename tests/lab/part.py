# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of what takes long, another one each time: ``STRIDE=5 OFFSET=2`` is one of them again, ``STRIDE=1`` is all."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

Step = TypeVar("Step")

STRIDE = int(os.environ.get("STRIDE", "5"))
# Counted from 1.
OFFSET = int(os.environ.get("OFFSET", random.randint(1, STRIDE)))
# How to have the same part again.
CHOICE = f"STRIDE={STRIDE} OFFSET={OFFSET}"


def part_of(steps: Sequence[Step]) -> Sequence[Step]:
    """Each so many of these."""
    return steps[OFFSET - 1 :: STRIDE]
