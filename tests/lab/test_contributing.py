# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the contributors' guide says of a lab that is kept up, followed."""

from __future__ import annotations

import os

import pytest
from tests.guides import REPOSITORY, Guide, follow

pytestmark = pytest.mark.any_core


def test_a_test_is_run_on_a_lab_that_is_kept():
    [commands] = [each for each in Guide("CONTRIBUTING.md").run if "tests.lab" in each]
    # Somebody's own lab may be up.
    done = follow(commands.replace("mine", "guided"), REPOSITORY, dict(os.environ))
    assert done.returncode == 0, done.stdout
    assert "bmc01" in done.stdout and "2 passed" in done.stdout and "no lab" not in done.stdout
