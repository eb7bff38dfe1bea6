# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change: shown first, made whole or not at all."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import (
    PRIVATE,
    UNCHANGED,
    Change,
    Report,
    Running,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

REPORT = Report(rules=1, widened=[], enforced=["input"], warnings=[], memory={})


def file(path, after):
    return file_changes.File(str(path)).becoming(after, PRIVATE)


def change(files, running=UNCHANGED, load=lambda: None, recover=None):
    return Change(REPORT, files, running, load, recover)


@pytest.fixture(name="files")
def fixture_files(tmp_path):
    (tmp_path / "changed").write_text("old\n")
    (tmp_path / "removed").write_text("old\n")
    return [
        file(tmp_path / "changed", b"new\n"),
        file(tmp_path / "added", b"new\n"),
        file(tmp_path / "removed", None),
        file(tmp_path / "missing", None),
    ]


def contents(folder):
    return {name: (folder / name).read_text() for name in sorted(os.listdir(str(folder)))}


def test_a_report_that_says_nothing_of_a_rehearsal_claims_none():
    assert (REPORT.rehearsed, REPORT.not_rehearsed, list(REPORT.blocked)) == (False, "", [])


def test_nothing_is_needed_where_nothing_differs():
    nothing = change([file("/does/not/exist", None)])
    assert not nothing.needed and nothing.diffs() == [] and nothing.all_diffs() == []


def test_files_are_shown_and_written(tmp_path, files):
    both = change(files, Running("running", b"a", b"b"))
    assert [(shown["before"], shown["after"]) for shown in both.diffs()] == [
        ("old\n", "new\n"),
        ("", "new\n"),
        ("old\n", ""),
    ]
    assert [shown["before_header"] for shown in both.all_diffs()][3:] == ["running"]
    both.apply()
    assert contents(tmp_path) == {"added": "new\n", "changed": "new\n"}


def test_what_runs_is_shown_where_the_files_are_right():
    only = change([], Running("running", b"a", b"b"))
    assert only.needed
    assert only.diffs() == [{"before_header": "running", "after_header": "running", "before": "a", "after": "b"}]


def test_what_cannot_be_loaded_is_put_back_and_loaded_again(tmp_path, files):
    before, loaded = contents(tmp_path), []

    def load():
        loaded.append(contents(tmp_path))
        raise HostError("no")

    with pytest.raises(HostError) as error:
        change(files, load=load, recover=lambda: loaded.append(contents(tmp_path))).apply()
    assert str(error.value) == "no"
    assert loaded == [{"added": "new\n", "changed": "new\n"}, before]
    assert contents(tmp_path) == before


def spoil(file):
    """Let the file be one that can't be put back."""
    os.unlink(file.path)
    os.mkdir(file.path)


def test_what_cannot_be_put_back_keeps_nothing_else_from_it_nor_hides_why(tmp_path, files):
    before, loaded = contents(tmp_path), []

    def load():
        spoil(files[1])
        raise HostError("It does not load.")

    with pytest.raises(HostError) as error:
        change(files, load=load, recover=lambda: loaded.append(True)).apply()
    assert str(error.value) == (
        f"It does not load. Restoring the files written before failed as well: Cannot read {files[1].path}: Is a"
        " directory."
    )
    assert loaded == [True]
    os.rmdir(files[1].path)
    assert contents(tmp_path) == before


def test_what_cannot_be_written_is_put_back_and_not_loaded(tmp_path, files):
    before = contents(tmp_path)
    unwritable = file_changes.Change(str(tmp_path / "changed" / "below-a-file"), None, b"x", None, PRIVATE, False)
    with pytest.raises(HostError) as error:
        change(files[:2] + [unwritable], load=lambda: pytest.fail("loaded")).apply()
    assert str(error.value).startswith("Cannot write")
    assert contents(tmp_path) == before
