# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that was killed stands in no later run's way; a lab that somebody uses is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from .command import LabError
from .controller import REPOSITORY
from .fresh import fresh_lab
from .lab import Lab

pytestmark = pytest.mark.any_core

NAME = "fresh"
HOST = "client02"
KILLED_RUN = f"""
import os, signal
from tests.lab.fresh import fresh_lab
fresh_lab("{NAME}", ["{HOST}"]).run("{HOST}", "touch /root/of-the-killed-run")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def gone_afterwards():
    yield
    Lab(NAME).down()


def test_what_a_killed_run_left_is_taken_away():
    killed = subprocess.run([sys.executable, "-c", KILLED_RUN], cwd=REPOSITORY, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Lab(NAME).run(HOST, "ls /root/of-the-killed-run").returncode == 0
    assert fresh_lab(NAME, [HOST]).run(HOST, "ls /root/of-the-killed-run").returncode != 0


def test_a_lab_in_use_is_left_alone():
    used = fresh_lab(NAME, [HOST])
    with pytest.raises(LabError, match=f"lab named {NAME} is in use by process {os.getpid()}"):
        fresh_lab(NAME, [HOST])
    assert used.run(HOST, "true").returncode == 0


def test_a_lab_brought_up_by_hand_is_left_alone():
    kept = Lab(NAME)
    kept.up([HOST])
    with pytest.raises(LabError, match=f"`python3 -m tests.lab --name {NAME} down` takes it away"):
        fresh_lab(NAME, [HOST])
    assert kept.run(HOST, "true").returncode == 0
