# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No cell of the CSV is one that a spreadsheet computes."""

import csv
import io

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow, Kind
from ansible_collections.fleet.ports.plugins.plugin_utils._report.csv_rows import csv_of


@pytest.mark.parametrize("domain, cell", [
    ("default", "default"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-x", "'-x"), ("@SUM(1)", "'@SUM(1)"), ("a=b", "a=b"),
    ('say "a, b"', 'say "a, b"'),
])  # fmt: skip
def test_a_formula_is_text(domain, cell):
    kind = Kind(domain, "boot", "bootp", "bootp-request", "udp", "nim_client", "68", "nim_master", "67", True, True, "002", "")
    text = csv_of([FlatRow("in", kind, ("192.0.2.0/24",), ("::/0",))])
    _head, row = csv.reader(io.StringIO(text))
    assert row[1] == cell
    assert row[7] == "192.0.2.0/24"
