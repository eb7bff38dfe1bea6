# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error that a person reads: one sentence with the value, its place and what to do."""

from __future__ import annotations


class MatrixError(Exception):
    """Why no matrix can be computed; its text is the whole message."""
