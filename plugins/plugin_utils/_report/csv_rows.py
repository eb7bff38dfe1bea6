# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix as CSV: a line for each row, the list for a firewall team."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow, Kind

COLUMNS = (
    "direction", "domain", "phase", "service", "id", "protocol",
    "source_role", "source_addresses", "source_ports",
    "destination_role", "destination_addresses", "destination_ports",
    "initiates", "documented", "reference", "reason",
)

# A spreadsheet evaluates a cell that starts with one of these; after an apostrophe it shows the cell as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Iterable[FlatRow]) -> str:
    """Return the CSV text, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row, column) for column in COLUMNS] for row in rows)
    return text.getvalue()


def _cell(row: FlatRow, column: str) -> str:
    value = getattr(row.kind if column in Kind._fields else row, column)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else " ".join(value)
    return f"'{text}" if text.startswith(FORMULA) else text
