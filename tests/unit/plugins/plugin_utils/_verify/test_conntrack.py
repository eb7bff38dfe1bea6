# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long packet filters remember the last run."""

from __future__ import annotations

import os
import time

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.conntrack import REPORT, seconds_left


@pytest.mark.parametrize("age, least, most", [(0, 31, 32), (20, 11, 12), (40, 0, 0), (-3600, 0, 0)])
def test_as_old_as_its_report(tmp_path, age, least, most):
    (tmp_path / REPORT).touch()
    then = time.time() - age
    os.utime(tmp_path / REPORT, (then, then))
    assert least <= seconds_left(str(tmp_path)) <= most


def test_no_run_before(tmp_path):
    assert seconds_left(str(tmp_path)) == 0
    assert seconds_left(None) == 0
