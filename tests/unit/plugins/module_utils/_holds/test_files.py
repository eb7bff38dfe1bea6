# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder's own files: what must change, and that a change is done wholly or not at all."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import files as _atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._holds import files as _hold_files
from ansible_collections.fleet.ports.plugins.module_utils._holds import holder as _holder
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold

HOLDS = (Hold("udp", "0.0.0.0", 623),)


class Service:
    """A service manager that needs one file."""

    def __init__(self, path):
        self.path = path

    def files(self, command):
        return {self.path: (("start " + command).encode(), 0o755)}


@pytest.fixture
def service(tmp_path, monkeypatch):
    folder = str(tmp_path / "etc")
    monkeypatch.setattr(_hold_files, "FOLDER", folder)
    monkeypatch.setattr(_hold_files, "PROGRAM", folder + "/holder.py")
    monkeypatch.setattr(_holder, "LIST", folder + "/holds")
    return Service(str(tmp_path / "init"))


def edits(service, ours=(), holds=HOLDS):
    return _hold_files.edits(holds, service, "/usr/bin/python3", ours)


def all_paths(service):
    return [_hold_files.PROGRAM, _holder.LIST, service.path]


def test_the_program_is_the_holders_own_source():
    with open(_holder.__file__, "rb") as file:
        assert _hold_files.program() == file.read()
    assert not _hold_files.program().startswith(b"#!")


def test_all_are_written_and_then_nothing_is_left_to_do(service):
    _hold_files.apply(edits(service))
    assert edits(service, all_paths(service)) == []
    assert _holder.parse(_atomic_file.read(_holder.LIST).decode()) == list(HOLDS)
    assert _atomic_file.read(service.path).endswith(b"/usr/bin/python3 -I -S -B " + _hold_files.PROGRAM.encode())
    assert os.stat(service.path).st_mode & 0o777 == 0o755


def test_the_holder_can_read_them_whatever_the_umask(service):
    before = os.umask(0o077)
    try:
        _hold_files.apply(edits(service))
    finally:
        os.umask(before)
    assert os.stat(_hold_files.FOLDER).st_mode & 0o777 == 0o755
    assert os.stat(_hold_files.PROGRAM).st_mode & 0o777 == 0o644


def test_another_list_changes_the_list_only(service):
    _hold_files.apply(edits(service))
    changes = edits(service, all_paths(service), HOLDS + (Hold("tcp", "0.0.0.0", 623),))
    assert [edit.path for edit in changes] == [_holder.LIST]


def test_somebody_elses_file_is_left_alone(service):
    with open(service.path, "w") as file:
        file.write("mine")
    with pytest.raises(HostError) as error:
        edits(service)
    assert str(error.value) == (
        f"There is a {service.path} that this collection did not write; move it away and run again."
    )


def test_so_is_a_unit_that_is_masked(service):
    os.symlink(os.devnull, service.path)
    with pytest.raises(HostError, match="did not write"):
        edits(service, all_paths(service))


def test_a_write_that_fails_leaves_nothing_behind(service, monkeypatch):
    changes = edits(service)
    write = _atomic_file.write

    def fail_at_the_last(path, data, mode):
        if path == service.path:
            raise HostError("The disk is full.")
        write(path, data, mode)

    monkeypatch.setattr(_atomic_file, "write", fail_at_the_last)
    with pytest.raises(HostError, match="The disk is full"):
        _hold_files.apply(changes)
    assert not os.path.exists(_hold_files.FOLDER)


def test_all_are_taken_away_again(service):
    _hold_files.apply(edits(service))
    _hold_files.apply(_hold_files.removals(all_paths(service)))
    assert not os.path.exists(_hold_files.FOLDER) and not os.path.exists(service.path)
    assert _hold_files.removals(all_paths(service)) == []


def test_a_folder_that_was_only_begun_is_made_readable(service):
    os.mkdir(_hold_files.FOLDER, 0o700)
    _hold_files.apply(edits(service))
    assert os.stat(_hold_files.FOLDER).st_mode & 0o777 == 0o755


def test_an_empty_folder_is_taken_away(service):
    os.mkdir(_hold_files.FOLDER)
    _hold_files.remove_folder()
    assert not os.path.exists(_hold_files.FOLDER)


def test_but_not_what_others_put_into_the_folder(service):
    _hold_files.apply(edits(service))
    with open(os.path.join(_hold_files.FOLDER, "notes"), "w") as file:
        file.write("mine")
    _hold_files.apply(_hold_files.removals(all_paths(service)))
    assert os.listdir(_hold_files.FOLDER) == ["notes"]
