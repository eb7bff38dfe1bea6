# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that others wrote, fit to be shown: on one line, and nothing in it that moves a cursor or hides a word."""

from __future__ import annotations


def printable(text: str) -> str:
    return "".join(map(_sign, text)).strip()


def _sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    return " " if sign.isspace() else "\ufffd"
