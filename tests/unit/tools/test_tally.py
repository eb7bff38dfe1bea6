# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The line at the end of a run counts what the reports say, and no step passes whose command failed."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.tests.tools import tally
from ansible_collections.fleet.ports.tests.tools.tally import Tally

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest">
  <testcase name="passes" /><testcase name="talks"><system-out>words</system-out></testcase>
  <testcase name="fails"><failure message="no" /></testcase>
  <testcase name="breaks"><error message="no" /></testcase>
  <testcase name="rests"><skipped message="not here" /></testcase>
</testsuite></testsuites>
"""


def test_reports_are_counted_case_by_case(tmp_path):
    for name in ("one.xml", "two.xml"):
        (tmp_path / name).write_text(REPORT, encoding="utf-8")
    assert tally.of_reports(tmp_path.glob("*.xml")) == Tally(passed=4, failed=4, skipped=2)


@pytest.mark.parametrize(
    "status, reported, counted",
    [
        (0, Tally(), Tally(passed=1)),
        (1, Tally(), Tally(failed=1)),
        (1, Tally(passed=5), Tally(passed=5, failed=1)),
        (1, Tally(passed=5, failed=2), Tally(passed=5, failed=2)),
        (0, Tally(passed=5, skipped=1), Tally(passed=5, skipped=1)),
    ],
)
def test_a_step_whose_command_failed_never_passes(status, reported, counted):
    assert tally.of_step(status, reported) == counted


def test_the_last_line_is_plain():
    assert str(Tally(passed=12, failed=3, skipped=4)) == "12 passed, 3 failed"
