# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of files: all are written, or all are put back; and what another process can restore from their notes."""

import errno
import json
import os
import stat
import subprocess
import sys

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_attributes, file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored
from ansible_collections.fleet.ports.plugins.module_utils._host.file_changes import File
from ansible_collections.fleet.ports.tests.unit.fakes import attributes, files
from ansible_collections.fleet.ports.tests.unit.fakes.process import failing

RESTORE = """
import json, sys
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes
print(json.dumps(file_changes.restore(json.load(sys.stdin))))
"""


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    """Two files that not all may read, a and b."""
    (tmp_path / "a").write_bytes(b"old a")
    (tmp_path / "b").write_bytes(b"old b")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "b").chmod(0o600)
    return tmp_path


def becoming(folder, mode=0o644, **contents):
    """Changes in the order of their names; an underscore stands for a folder of the file."""
    return [
        File(str(folder / name.replace("_", "/"))).becoming(content, mode) for name, content in sorted(contents.items())
    ]


def restored_by_another_process(notes):
    path = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", RESTORE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=path),
    )
    return json.loads(process.communicate(json.dumps(notes).encode())[0].decode())


def mode(path):
    return stat.S_IMODE(os.stat(str(path)).st_mode)


def test_files_are_changed_created_and_removed(folder):
    file_changes.apply(becoming(folder, 0o600, a=b"new a", b=None, c_d=b"new d"))
    assert files.content(folder) == {"a": b"new a", "c/d": b"new d"}
    assert (mode(folder / "a"), mode(folder / "c" / "d")) == (0o640, 0o600)


def test_all_may_read_a_created_file_unless_said_otherwise(folder):
    file_changes.apply([File(str(folder / "c")).becoming(b"")])
    assert mode(folder / "c") == 0o644


def test_only_what_differs_is_needed_and_written(folder):
    changes = becoming(folder, a=b"old a", b=b"new b", c=None)
    assert [change.path for change in file_changes.needed(changes)] == [str(folder / "b")]
    before = (folder / "a").stat().st_ino
    file_changes.apply(changes)
    assert (folder / "a").stat().st_ino == before


def test_differences_as_ansible_shows_them(folder):
    (folder / "b").write_bytes(b"caf\xe9")
    a, b, c = (str(folder / name) for name in "abc")
    assert file_changes.diffs(becoming(folder, a=b"new a", b=None, c=b"new c")) == [
        {"before": "old a", "after": "new a", "before_header": a, "after_header": a},
        {"before": "caf\\xe9", "after": "", "before_header": b, "after_header": f"{b} (removed)"},
        {"before": "", "after": "new c", "before_header": f"{c} (missing)", "after_header": c},
    ]
    assert file_changes.diffs(becoming(folder, a=b"old a")) == []


def test_a_difference_of_anything_else(folder):
    assert file_changes.diff("running", None, b"x") == {
        "before": "", "after": "x", "before_header": "running", "after_header": "running",
    }  # fmt: skip
    shown = file_changes.diff("running", b"x", None, "stopped", "stopped")
    assert (shown["before_header"], shown["after_header"]) == ("running", "running (stopped)")


def refuse(monkeypatch, *names):
    """Let writing fail for some files, whatever is written."""
    write = atomic_file.write

    def refusing(path, *arguments, **options):
        if os.path.basename(path) in names:
            raise HostError(f"Cannot write {os.path.basename(path)}.")
        write(path, *arguments, **options)

    monkeypatch.setattr(atomic_file, "write", refusing)


def test_if_one_fails_all_are_put_back(folder, monkeypatch):
    before = files.content(folder)
    refuse(monkeypatch, "d")
    with pytest.raises(HostError) as error:
        file_changes.apply(becoming(folder, a=b"new a", b=None, c=b"new c", c1_c=b"new", d=b"new d"))
    assert error.type is HostError and str(error.value) == "Cannot write d."
    assert files.content(folder) == before
    assert (mode(folder / "a"), mode(folder / "b")) == (0o640, 0o600)
    assert sorted(os.listdir(str(folder))) == ["a", "b"]


def test_they_are_put_back_the_last_one_first(folder, monkeypatch):
    changes = becoming(folder, a=b"new a", b=b"new b", d=b"new d")
    refuse(monkeypatch, "d")
    written, write = [], atomic_file.write
    monkeypatch.setattr(atomic_file, "write", lambda path, data, **more: (written.append(data), write(path, data, **more)))
    with pytest.raises(HostError):
        file_changes.apply(changes)
    assert written == [b"new a", b"new b", b"new d", b"old b", b"old a"]


def test_what_cannot_be_put_back_does_not_keep_the_others(folder, monkeypatch):
    changes = becoming(folder, a=b"new a", b=b"new b", d=b"new d")
    write = atomic_file.write

    def only_once(path, data, **options):
        if data in (b"new d", b"old b"):
            raise HostError(f"Cannot write {data.decode()}.")
        write(path, data, **options)

    monkeypatch.setattr(atomic_file, "write", only_once)
    with pytest.raises(NotRestored) as error:
        file_changes.apply(changes)
    assert str(error.value) == (
        "Cannot write new d. Restoring the files written before failed as well: Cannot write old b."
    )
    assert files.content(folder) == {"a": b"old a", "b": b"new b"}


def test_undoing_leaves_what_is_no_longer_of_the_change(folder):
    changes = becoming(folder, a=b"new a", b=b"new b")
    file_changes.apply(changes)
    (folder / "a").write_bytes(b"edited")
    file_changes.undo(changes)
    assert files.content(folder) == {"a": b"edited", "b": b"old b"}


def test_undoing_removes_the_folder_that_was_created_if_it_is_empty(folder):
    changes = becoming(folder, c_d=b"new", e_f=b"new")
    file_changes.apply(changes)
    (folder / "e" / "other").write_bytes(b"")
    file_changes.undo(changes)
    assert sorted(os.listdir(str(folder))) == ["a", "b", "e"]


def test_a_folder_that_was_there_stays_when_a_change_is_undone(folder):
    (folder / "c").mkdir()
    changes = becoming(folder, c_d=b"new")
    file_changes.apply(changes)
    file_changes.undo(changes)
    assert sorted(os.listdir(str(folder))) == ["a", "b", "c"]


def test_notes_restore_the_files_in_another_process(folder):
    before = files.content(folder)
    changes = becoming(folder, a=b"new a", b=None, c=b"new c")
    notes = json.loads(json.dumps(file_changes.notes(changes)))
    file_changes.apply(changes)
    (folder / "a").chmod(0o600)
    assert file_changes.restore(notes) == []
    assert files.content(folder) == before and mode(folder / "a") == 0o640


def test_notes_are_of_what_is_needed(folder):
    assert file_changes.notes(becoming(folder, a=b"old a")) == []


def test_restoring_leaves_files_that_were_changed_since_and_names_them(folder):
    changes = becoming(folder, a=b"new a", b=b"new b")
    notes = file_changes.notes(changes)
    file_changes.apply(changes)
    (folder / "a").write_bytes(b"edited")
    assert file_changes.restore(notes) == [str(folder / "a")]
    assert files.content(folder) == {"a": b"edited", "b": b"old b"}


def test_what_was_not_changed_yet_is_restored_without_writing(folder):
    changes = becoming(folder, a=b"new a", b=b"new b", c=b"new c")
    notes = file_changes.notes(changes)
    file_changes.apply(changes[:1])
    before = (folder / "b").stat().st_ino
    assert file_changes.restore(notes) == []
    assert (folder / "b").stat().st_ino == before
    assert files.content(folder) == {"a": b"old a", "b": b"old b"}


def test_restoring_begins_with_the_last_file(folder, monkeypatch):
    changes = becoming(folder, a=b"new a", b=b"new b")
    notes = file_changes.notes(changes)
    file_changes.apply(changes)
    written, write = [], atomic_file.write
    monkeypatch.setattr(atomic_file, "write", lambda path, data, **more: (written.append(data), write(path, data, **more)))
    file_changes.restore(notes)
    assert written == [b"old b", b"old a"]


def test_attributes_that_cannot_be_read_stop_the_change(folder, monkeypatch):
    monkeypatch.setattr(file_attributes, "read", failing(errno.EIO))
    with pytest.raises(HostError) as error:
        File(str(folder / "a"))
    assert str(error.value) == f"Cannot read the attributes of {folder}/a: Input/output error."


def test_attributes_stay_when_a_file_is_written(folder):
    attributes.give(folder / "a")
    file_changes.apply(becoming(folder, a=b"new\n"))
    assert attributes.of(folder / "a") == attributes.GIVEN


@pytest.mark.parametrize("content", [b"new\n", None])
def test_attributes_are_restored_after_a_failure(folder, monkeypatch, content):
    attributes.give(folder / "a")
    refuse(monkeypatch, "b")
    with pytest.raises(HostError, match="^Cannot write b.$"):
        file_changes.apply(becoming(folder, a=content, b=b"new\n"))
    assert files.content(folder) == {"a": b"old a", "b": b"old b"}
    assert attributes.of(folder / "a") == attributes.GIVEN


@pytest.mark.parametrize("content", [b"new\n", None])
def test_attributes_are_restored_by_another_process(folder, content):
    attributes.give(folder / "a")
    wanted = becoming(folder, a=content, c=b"c\n")
    notes = file_changes.notes(wanted)
    file_changes.apply(wanted)
    assert restored_by_another_process(notes) == []
    assert files.content(folder) == {"a": b"old a", "b": b"old b"}
    assert attributes.of(folder / "a") == attributes.GIVEN


@pytest.mark.parametrize("name", ["a", "c"])
def test_the_default_access_list_of_the_folder_is_not_left_on_a_file(folder, name):
    attributes.give(folder / "b")
    os.setxattr(str(folder), attributes.DEFAULT_ACCESS_LIST, attributes.access_list(7))
    (folder / "inherits").write_bytes(b"")
    assert attributes.ACCESS_LIST in attributes.of(folder / "inherits")[3]
    wanted = 0o600 if name == "c" else mode(folder / "a")
    file_changes.apply(becoming(folder, 0o600, **{name: b"new"}))
    assert attributes.of(folder / name) == (wanted, 0, 0, {})


def test_files_stay_if_the_body_succeeds(folder):
    with file_changes.applied(becoming(folder, a=b"1\n")):
        assert files.content(folder)["a"] == b"1\n"
    assert files.content(folder)["a"] == b"1\n"


@pytest.mark.parametrize("back", [
    lambda done, notes: file_changes.undo(done), lambda done, notes: file_changes.restore(notes),
], ids=["undo", "restore"])  # fmt: skip
def test_a_folder_goes_with_the_file_that_it_was_created_for(folder, back):
    done = becoming(folder / "new", a=b"1\n")
    notes = file_changes.notes(done)
    file_changes.apply(done)
    back(done, notes)
    assert not (folder / "new").exists()

    file_changes.apply(done)
    (folder / "new" / "other").write_bytes(b"")
    back(done, notes)
    assert os.listdir(str(folder / "new")) == ["other"]


@pytest.mark.parametrize("new_folder", [True, False])
def test_a_folder_that_an_earlier_run_created_goes_with_its_file(tmp_path, new_folder):
    path = tmp_path / "new" / "a"
    path.parent.mkdir()
    path.write_bytes(b"")
    file_changes.apply([file_changes.File(str(path)).becoming(None, new_folder=new_folder)])
    assert path.parent.exists() is not new_folder


@pytest.mark.parametrize("put_back", [file_changes.undo, lambda changes: file_changes.restore(file_changes.notes(changes))])
def test_a_folder_that_was_created_for_a_file_which_could_not_be_written_is_removed(tmp_path, put_back):
    changes = [file_changes.File(str(tmp_path / "new" / name)).becoming(b"x") for name in "ab"]
    (tmp_path / "new").mkdir()
    put_back(changes)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_removed_if_the_first_file_in_it_cannot_be_written(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HostError, match="No space left on device"):
        file_changes.apply([file_changes.File(str(tmp_path / "new" / "a")).becoming(b"x")])
    assert list(tmp_path.iterdir()) == []
