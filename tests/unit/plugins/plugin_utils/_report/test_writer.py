# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a task are written only if they differ, and for their owner only."""

from __future__ import annotations

import os

from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer


def test_files_are_written_once_and_for_their_owner_only(tmp_path):
    path = str(tmp_path / "new" / "fleet.json")
    first = writer.write([(path, "text\n")], check=False, diff=True)
    assert first["changed"] is True
    assert first["files"] == 1
    assert first["diff"] == [{"before_header": path, "before": "", "after_header": path, "after": "text\n"}]
    assert os.stat(path).st_mode & 0o777 == 0o600
    second = writer.write([(path, "text\n")], check=False, diff=True)
    assert second == {"changed": False, "files": 0, "unchanged_files": 1, "diff": []}


def test_check_mode_writes_nothing(tmp_path):
    path = str(tmp_path / "new" / "fleet.json")
    predicted = writer.write([(path, "text\n")], check=True, diff=False)
    assert predicted == {"changed": True, "files": 1, "unchanged_files": 0, "diff": []}
    assert list(tmp_path.iterdir()) == []


def test_a_difference_too_large_to_read_is_not_shown(tmp_path):
    large = writer.write([(str(tmp_path / "large"), "x" * 200000)], check=True, diff=True)
    assert large == {"changed": True, "files": 1, "unchanged_files": 0, "diff": []}
