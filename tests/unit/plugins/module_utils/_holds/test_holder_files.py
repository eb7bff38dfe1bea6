# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The holder's own files: what has to change, and how that is shown."""

import hashlib
import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_files
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes
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


def changes(service, known=(), holds=HOLDS):
    return holder_files.changes(holds, service, "/usr/bin/python3", known)


def all_paths(service):
    return [holder_files.PROGRAM, holder.LIST, service.path]


def mode(path):
    return os.stat(path).st_mode & 0o777


def test_the_program_is_the_source_of_the_holder():
    with open(holder.__file__, "rb") as file:
        assert holder_files.program() == file.read()
    assert not holder_files.program().startswith(b"#!")


def test_all_files_are_written_and_then_nothing_has_to_change(service):
    file_changes.apply(changes(service))
    assert changes(service, all_paths(service)) == []
    assert holder.parse(atomic_file.read(holder.LIST).decode()) == list(HOLDS)
    assert atomic_file.read(service.path) == b"start /usr/bin/python3 -I -S -B " + holder_files.PROGRAM.encode()
    assert mode(service.path) == 0o755


@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_the_holder_can_read_its_files_whatever_the_umask(service, umask):
    before = os.umask(umask)
    try:
        file_changes.apply(changes(service))
    finally:
        assert os.umask(before) == umask
    assert mode(holder_files.FOLDER) == 0o755
    assert mode(holder_files.PROGRAM) == mode(holder.LIST) == 0o644


def test_another_list_changes_the_list_only(service):
    file_changes.apply(changes(service))
    found = changes(service, all_paths(service), HOLDS + (Hold("tcp", "0.0.0.0", 623),))
    assert [change.path for change in found] == [holder.LIST]


def test_a_file_of_another_program_is_refused(service):
    with open(service.path, "w") as file:
        file.write("other")
    with pytest.raises(HostError) as error:
        changes(service)
    assert str(error.value) == f"{service.path} exists and is not managed by fleet.ports. Move it away and run again."


def test_a_unit_that_is_masked_is_refused(service):
    os.symlink(os.devnull, service.path)
    with pytest.raises(HostError, match="is not managed by fleet.ports"):
        changes(service, all_paths(service))


def test_all_files_are_removed(service):
    file_changes.apply(changes(service))
    file_changes.apply(holder_files.removals(all_paths(service)))
    holder_files.remove_folder()
    assert not os.path.exists(holder_files.FOLDER) and not os.path.exists(service.path)
    assert holder_files.removals(all_paths(service)) == []


def test_a_folder_with_files_of_others_is_not_removed(service):
    file_changes.apply(changes(service))
    with open(os.path.join(holder_files.FOLDER, "notes"), "w") as file:
        file.write("other")
    file_changes.apply(holder_files.removals(all_paths(service)))
    holder_files.remove_folder()
    assert os.listdir(holder_files.FOLDER) == ["notes"]


def test_of_the_program_only_the_checksum_is_shown(service):
    program, other = (diff for diff in holder_files.diffs(changes(service))[:2])
    checksum = hashlib.sha256(holder_files.program()).hexdigest()
    assert (program["before"], program["after"]) == ("", f"the holder's program, sha256 {checksum}\n")
    assert program["before_header"] == holder_files.PROGRAM + " (missing)"
    assert other["after"] == holder_files.LIST_HEAD + "udp 0.0.0.0 623\n"
