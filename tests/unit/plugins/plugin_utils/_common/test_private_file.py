# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import stat

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError


def test_only_the_owner_may_read_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "fleet.json"
    private_file.write(str(path), b"old")
    private_file.write(str(path), b"new")
    assert private_file.read(str(path)) == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["fleet.json"]


def test_no_file_has_no_content(tmp_path):
    assert private_file.read(str(tmp_path / "none")) is None


def test_a_path_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    path = str(tmp_path / "file" / "fleet.json")
    with pytest.raises(MatrixError, match=rf"^Cannot write {re.escape(path)}: .*. Choose another directory\.$"):
        private_file.write(path, b"")
    with pytest.raises(MatrixError, match=rf"^Cannot read {re.escape(path)}: .*\.$"):
        private_file.read(path)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("host", ["../m", "a b", "ümlaut", "fe80::1%en0", "x\ny", "\udcff"])
def test_a_host_of_any_name_has_one_file_in_its_folder(host):
    name = private_file.name_for(host)
    assert name.isascii() and name.isprintable() and "/" not in name and " " not in name
