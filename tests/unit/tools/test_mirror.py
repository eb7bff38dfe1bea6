# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tests/unit/plugins mirrors plugins: what x.py does is tested in test_x.py, or where one short table says."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.tests.tools import mirror


def test_each_file_has_tests():
    without = sorted(file for file in mirror.files() if mirror.does_something(file) and not mirror.tests_of(file))
    assert without == [], f"write {mirror.namesake(without[0])}, or name in {mirror.TABLE.name} what covers the file"


def test_each_test_is_of_a_file():
    of_files = {mirror.namesake(file) for file in mirror.files()} | {test for _file, test in mirror.table()}
    assert sorted(mirror.tests() - of_files) == []


@pytest.mark.parametrize("file, test", mirror.table())
def test_a_line_of_the_table_is_of_a_file_and_tests_that_there_are(file, test):
    assert file in mirror.files()
    assert test in mirror.tests()


def test_the_table_has_each_line_once_and_in_order():
    assert mirror.table() == sorted(set(mirror.table()))
