# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wait with an end, beside the timeout that a task may have."""

from __future__ import annotations

import signal
import time

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.deadline import TimeIsUp, time_limit


class TaskTimeout(Exception):
    pass


@pytest.fixture
def task_timeout():
    def ring(_signal, _frame):
        raise TaskTimeout

    former = signal.signal(signal.SIGALRM, ring)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, former)


def test_what_takes_too_long_ends():
    with pytest.raises(TimeIsUp):
        with time_limit(0.05):
            time.sleep(10)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_what_does_not_goes_on():
    with time_limit(0.05):
        pass
    time.sleep(0.1)


def test_the_tasks_own_timeout_comes_first_if_it_is_shorter(task_timeout):
    task_timeout(0.05)
    with pytest.raises(TaskTimeout):
        with time_limit(5):
            time.sleep(10)


def test_the_tasks_own_timeout_goes_on_afterwards(task_timeout):
    task_timeout(0.3)
    with pytest.raises(TimeIsUp):
        with time_limit(0.05):
            time.sleep(10)
    with pytest.raises(TaskTimeout):
        time.sleep(10)
