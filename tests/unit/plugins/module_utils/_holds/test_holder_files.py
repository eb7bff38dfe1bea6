# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder's own files: what must change, and that a change is done wholly or not at all."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_files
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

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
    monkeypatch.setattr(holder_files, "FOLDER", folder)
    monkeypatch.setattr(holder_files, "PROGRAM", folder + "/holder.py")
    monkeypatch.setattr(holder, "LIST", folder + "/holds")
    return Service(str(tmp_path / "init"))


def edits(service, ours=(), holds=HOLDS):
    return holder_files.edits(holds, service, "/usr/bin/python3", ours)


def all_paths(service):
    return [holder_files.PROGRAM, holder.LIST, service.path]


def test_the_program_is_the_holders_own_source():
    with open(holder.__file__, "rb") as file:
        assert holder_files.program() == file.read()
    assert not holder_files.program().startswith(b"#!")


def test_all_are_written_and_then_nothing_is_left_to_do(service):
    holder_files.apply(edits(service))
    assert edits(service, all_paths(service)) == []
    assert holder.parse(atomic_file.read(holder.LIST).decode()) == list(HOLDS)
    assert atomic_file.read(service.path).endswith(b"/usr/bin/python3 -I -S -B " + holder_files.PROGRAM.encode())
    assert os.stat(service.path).st_mode & 0o777 == 0o755


def test_the_holder_can_read_them_whatever_the_umask(service):
    before = os.umask(0o077)
    try:
        holder_files.apply(edits(service))
    finally:
        os.umask(before)
    assert os.stat(holder_files.FOLDER).st_mode & 0o777 == 0o755
    assert os.stat(holder_files.PROGRAM).st_mode & 0o777 == 0o644


def test_another_list_changes_the_list_only(service):
    holder_files.apply(edits(service))
    changes = edits(service, all_paths(service), HOLDS + (Hold("tcp", "0.0.0.0", 623),))
    assert [edit.path for edit in changes] == [holder.LIST]


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
    write = atomic_file.write

    def fail_at_the_last(path, data, mode):
        if path == service.path:
            raise HostError("The disk is full.")
        write(path, data, mode)

    monkeypatch.setattr(atomic_file, "write", fail_at_the_last)
    with pytest.raises(HostError, match="The disk is full"):
        holder_files.apply(changes)
    assert not os.path.exists(holder_files.FOLDER)


def test_all_are_taken_away_again(service):
    holder_files.apply(edits(service))
    holder_files.apply(holder_files.removals(all_paths(service)))
    assert not os.path.exists(holder_files.FOLDER) and not os.path.exists(service.path)
    assert holder_files.removals(all_paths(service)) == []


def test_a_folder_that_was_only_begun_is_made_readable(service):
    os.mkdir(holder_files.FOLDER, 0o700)
    holder_files.apply(edits(service))
    assert os.stat(holder_files.FOLDER).st_mode & 0o777 == 0o755


def test_an_empty_folder_is_taken_away(service):
    os.mkdir(holder_files.FOLDER)
    holder_files.remove_folder()
    assert not os.path.exists(holder_files.FOLDER)


def test_but_not_what_others_put_into_the_folder(service):
    holder_files.apply(edits(service))
    with open(os.path.join(holder_files.FOLDER, "notes"), "w") as file:
        file.write("mine")
    holder_files.apply(holder_files.removals(all_paths(service)))
    assert os.listdir(holder_files.FOLDER) == ["notes"]
