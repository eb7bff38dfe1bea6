# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long packet filters remember the last run."""

from __future__ import annotations

import json
import os
import time

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.connection_tracking import (
    KEY,
    REPORT,
    longest,
    note_end,
    seconds_left,
)


@pytest.fixture(name="left")
def seconds_left_after(tmp_path):
    """Return the seconds that are left of a run that ended so long ago, and whose report has this content."""

    def left(age, content):
        (tmp_path / REPORT).write_text(content)
        then = time.time() - age
        os.utime(tmp_path / REPORT, (then, then))
        return seconds_left(str(tmp_path))

    return left


@pytest.mark.parametrize(
    "seconds, age, most",
    [(30, 0, 32), (30, 20, 12), (30, 40, 0), (120, 40, 82), (180, 40, 142), (180, 183, 0), (0, 0, 0), (30, -3600, 0)],
)
def test_a_run_is_forgotten_after_the_time_that_its_hosts_returned(left, seconds, age, most):
    assert max(0, most - 1) <= left(age, json.dumps({KEY: seconds})) <= most


@pytest.mark.parametrize("content", ["", "{}", "[1]", "7", json.dumps({KEY: None}), json.dumps({KEY: -1}), "\x00"])
def test_a_report_without_a_time_counts_as_the_longest_default(left, content):
    assert 181 <= left(0, content) <= 182


def test_no_report_makes_a_run_wait_longer_than_ten_minutes(left):
    assert 601 <= left(0, json.dumps({KEY: 10**9})) <= 602
    assert left(700, json.dumps({KEY: 10**9})) == 0


def test_a_first_run_does_not_wait(tmp_path):
    assert seconds_left(str(tmp_path)) == 0
    assert seconds_left(None) == 0


def test_the_time_of_a_run_is_the_longest_of_its_hosts():
    assert longest([30, 120, 30]) == 120
    assert longest([30, None]) == longest([30, "a year"]) == longest([True]) == longest([-1]) == 180
    assert longest([200, None]) == 200
    assert longest([]) == 0


def test_the_end_of_a_run_is_noted_although_its_report_stays(tmp_path):
    (tmp_path / REPORT).touch()
    os.utime(tmp_path / REPORT, (1, 1))
    note_end(str(tmp_path))
    assert time.time() - (tmp_path / REPORT).stat().st_mtime < 60
