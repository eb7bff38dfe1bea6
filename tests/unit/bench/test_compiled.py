# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's name leads to the file that a host compiles, and what an interpreter traces is read."""

from __future__ import annotations

from ansible_collections.fleet.ports.tests.bench.compiled import COLLECTION, file_of
from ansible_collections.fleet.ports.tests.bench.plays import TRACED

TRACE = """\
import time: self [us] | cumulative | imported package
import time:       120 |        120 |   _io
import time:      3050 |       9120 | ansible_collections.fleet.ports.plugins.module_utils._host.records
Warning: Permanently added 'import time' to the list of known hosts.
"""


def test_a_module_has_a_file():
    file = file_of(f"{COLLECTION}plugins.module_utils._host.records")
    assert file is not None and file.parts[-2:] == ("_host", "records.py")


def test_a_package_without_code_has_no_file_to_compile():
    assert file_of(f"{COLLECTION}plugins.module_utils._no_such_package") is None


def test_a_trace_names_modules_and_the_time_of_each():
    assert TRACED.findall(TRACE) == [
        ("120", "_io"),
        ("3050", "ansible_collections.fleet.ports.plugins.module_utils._host.records"),
    ]
