# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.tests.unit.fakes.process import failing, umask


def test_only_the_owner_may_read_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "fleet.json"
    private_file.write(str(path), b"old")
    private_file.write(str(path), b"new")
    assert private_file.read(str(path)) == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["fleet.json"]


def test_only_the_owner_may_look_into_a_folder_that_is_created(tmp_path):
    with umask(0):
        private_file.write(str(tmp_path / "new" / "fleet.json"), b"")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_it_is_written_beside_its_place_under_another_name_and_replaced_as_a_whole(tmp_path, monkeypatch):
    path, seen, replace = tmp_path / "fleet.json", [], os.replace

    def spy(temporary, target):
        seen.append((temporary, Path(temporary).read_bytes()))
        replace(temporary, target)

    monkeypatch.setattr(os, "replace", spy)
    private_file.write(str(path), b"whole")
    (temporary, content), = seen
    assert temporary.startswith(str(tmp_path / ".fleet.ports-")) and content == b"whole"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "fleet.json"
    private_file.write(str(path), b"old")
    monkeypatch.setattr(os, "replace", failing(errno.EROFS))
    with pytest.raises(MatrixError, match=r"Read-only file system\. Choose another directory\.$"):
        private_file.write(str(path), b"new")
    assert os.listdir(tmp_path) == ["fleet.json"] and path.read_bytes() == b"old"


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
