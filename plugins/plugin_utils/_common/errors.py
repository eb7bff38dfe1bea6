# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error that a person reads: one sentence with the value, its place and what to do."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._common.printable import printable

# Some errors name what is wrong with each of many hosts.
_MOST_CHARACTERS = 20_000


class MatrixError(Exception):
    """Why no matrix can be computed; its text is the whole message.

    It is one line that can be printed, whatever an inventory or a host put into it.
    """

    def __init__(self, text: str) -> None:
        line = printable(text)
        half = _MOST_CHARACTERS // 2
        super().__init__(line if len(line) <= 2 * half else f"{line[:half]} … {line[-half:]}")
