# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a program costs is that of all its processes; one that fails has no cost."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.fleet.ports.tests.bench.cost import BenchError, cost_of

WORKING_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(6_000_000))'], check=True)"


def test_the_work_of_a_child_counts():
    cost = cost_of([sys.executable, "-c", WORKING_CHILD])
    idle = cost_of([sys.executable, "-c", ""])
    assert cost.finished and cost.cpu_seconds > idle.cpu_seconds + 0.03
    assert cost.peak_bytes > 1_000_000


def test_a_program_that_fails_has_no_cost():
    with pytest.raises(BenchError, match="no such fleet"):
        cost_of([sys.executable, "-c", "raise SystemExit('no such fleet')"])


def test_patience_has_an_end():
    cost = cost_of([sys.executable, "-c", "import time; time.sleep(60)"], at_most=0.2)
    assert not cost.finished and cost.seconds < 30
