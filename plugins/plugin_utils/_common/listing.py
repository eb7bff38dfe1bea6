# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Some of many: the first of them, and how many there are besides."""

from __future__ import annotations

from collections.abc import Sequence


def some(items: Sequence[str], most: int, count: int | None = None) -> str:
    """Name so many at most; ``count`` says how many there are, if not just these."""
    more = (len(items) if count is None else count) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
