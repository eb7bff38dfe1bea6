# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are put back as they were, byte for byte, unless they are somebody else's by now."""

import json
import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit.noted_files import noted, put_back
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import File


@pytest.fixture(name="files")
def fixture_files(tmp_path):
    (tmp_path / "changed").write_bytes(b"old \xff\n")
    (tmp_path / "removed").write_bytes(b"old\n")
    os.chmod(str(tmp_path / "removed"), 0o640)
    return [
        File(str(tmp_path / "changed"), b"old \xff\n", b"new\n"),
        File(str(tmp_path / "added"), None, b"new\n"),
        File(str(tmp_path / "removed"), b"old\n", None),
    ]


def look(folder):
    return {
        name: ((folder / name).read_bytes(), os.stat(str(folder / name)).st_mode)
        for name in sorted(os.listdir(str(folder)))
    }


def change(files):
    for file in files:
        if file.after is None:
            os.unlink(file.path)
        else:
            with open(file.path, "wb") as opened:
                opened.write(file.after)


def test_all_are_what_they_were(tmp_path, files):
    before = look(tmp_path)
    notes = json.loads(json.dumps(noted(files)))
    change(files)
    assert look(tmp_path) != before
    assert put_back(notes) == []
    assert look(tmp_path) == before


@pytest.mark.parametrize("count", range(4))
def test_a_change_that_got_half_way_is_undone_as_far_as_it_got(tmp_path, files, count):
    before, notes = look(tmp_path), noted(files)
    change(files[:count])
    assert put_back(notes) == []
    assert look(tmp_path) == before
    assert put_back(notes) == []


def test_what_somebody_else_has_written_since_stays(tmp_path, files):
    notes = noted(files)
    change(files)
    (tmp_path / "changed").write_bytes(b"new\nand mine\n")
    assert put_back(notes) == [str(tmp_path / "changed")]
    assert (tmp_path / "changed").read_bytes() == b"new\nand mine\n"
    assert not (tmp_path / "added").exists()
