# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An atomic file is the old or the new one, and looks like the old one from outside."""

import os
import stat
import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.tests.unit.fakes.process import descriptors, failing, umask


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "file")


def leftovers(path):
    return [name for name in os.listdir(os.path.dirname(path)) if name.startswith(".")]


def test_what_is_written_is_read(path):
    assert atomic_file.read(path) is None
    atomic_file.write(path, b"caf\xe9\r\n\x00")
    assert atomic_file.read(path) == b"caf\xe9\r\n\x00"
    assert leftovers(path) == []


def test_a_new_file_has_the_mode_that_is_asked_for_whatever_the_umask(path):
    with umask(0o077):
        atomic_file.write(path, b"", mode=0o640)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640


def test_without_a_mode_all_may_read_a_new_file_and_its_folder(tmp_path):
    with umask(0):
        atomic_file.write(str(tmp_path / "new" / "file"), b"")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "new" / "file").stat().st_mode) == 0o644


def test_mode_and_owner_of_an_old_file_stay(path):
    atomic_file.write(path, b"old")
    os.chmod(path, 0o640)
    if os.geteuid() == 0:
        os.chown(path, 12, 34)
    before = os.stat(path)
    atomic_file.write(path, b"new", mode=0o600)
    after = os.stat(path)
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


@pytest.mark.skipif(not hasattr(os, "getxattr"), reason="needs extended attributes")
def test_the_access_list_of_an_old_file_stays(path):
    # Version 2; user::rw-, user:12:r--, group::r--, mask::r--, other::r--
    nobody = 0xFFFFFFFF
    entries = [(0x01, 6, nobody), (0x02, 4, 12), (0x04, 4, nobody), (0x10, 4, nobody), (0x20, 4, nobody)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    atomic_file.write(path, b"old")
    try:
        os.setxattr(path, "system.posix_acl_access", acl)
    except OSError as error:
        pytest.skip(f"this file system has no access lists: {error}")
    atomic_file.write(path, b"new")
    assert os.getxattr(path, "system.posix_acl_access") == acl


def test_a_link_survives_and_leads_to_what_was_written(path):
    link = path + ".link"
    os.symlink(path, link)
    atomic_file.write(link, b"through")
    assert os.path.islink(link)
    assert atomic_file.read(path) == b"through"
    atomic_file.remove(link)
    assert os.path.islink(link)
    assert not os.path.exists(path)


@pytest.mark.parametrize("change", [lambda path: atomic_file.write(path, b"x"), atomic_file.remove])
def test_a_device_is_never_replaced(path, tmp_path, change):
    """A pipe of the test's own stands for /dev/null: code that is broken or mutated must not reach the real one."""
    device = str(tmp_path / "device")
    os.mkfifo(device)
    os.symlink(device, path)
    with pytest.raises(HostError) as error:
        change(path)
    assert str(error.value) == (
        f"{path} is a link to {device}, which is not a regular file; replace it with a regular file or remove it."
    )
    assert stat.S_ISFIFO(os.stat(device).st_mode)


def test_the_folder_that_is_synced_is_that_of_the_file(path, tmp_path, monkeypatch):
    link = tmp_path / "links" / "file"
    link.parent.mkdir()
    link.symlink_to(path)
    synced = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.readlink(f"/proc/self/fd/{number}")))
    atomic_file.write(str(link), b"x")
    assert synced[-1] == str(tmp_path)


def test_attributes_that_are_given_replace_those_of_the_file(path):
    atomic_file.write(path, b"old", mode=0o644)
    atomic_file.write(path, b"new", attributes={"mode": 0o600, "extended": {}})
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_folders_are_made(tmp_path):
    path = str(tmp_path / "a" / "b" / "file")
    atomic_file.write(path, b"x")
    assert atomic_file.read(path) == b"x"


def test_the_umask_is_what_it_was_after_a_folder_was_made(tmp_path):
    with umask(0o027):
        atomic_file.write(str(tmp_path / "a" / "file"), b"x")
        assert os.umask(0o027) == 0o027


def test_removing_what_is_gone_is_fine(path):
    atomic_file.remove(path)
    atomic_file.write(path, b"x")
    atomic_file.remove(path)
    assert atomic_file.read(path) is None


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    atomic_file.write(path, b"old")
    monkeypatch.setattr(os, "rename", failing(30))
    with pytest.raises(HostError) as error:
        atomic_file.write(path, b"new")
    assert str(error.value) == f"Cannot write {path}: Read-only file system; the file was not changed."
    assert atomic_file.read(path) == b"old"
    assert leftovers(path) == []


def test_a_system_that_cannot_sync_folders_has_written_all_the_same(path, monkeypatch):
    real = os.fsync

    def files_only(number):
        return failing(22)() if stat.S_ISDIR(os.fstat(number).st_mode) else real(number)

    monkeypatch.setattr(os, "fsync", files_only)
    atomic_file.write(path, b"x")
    assert atomic_file.read(path) == b"x"


@pytest.fixture(name="steps")
def fixture_steps(monkeypatch):
    """What is done to the disk, in order: a sync of a file comes with the file's size at that moment."""
    steps = []
    fsync, rename, unlink = os.fsync, os.rename, os.unlink

    def sync(descriptor):
        status = os.fstat(descriptor)
        steps.append("sync the folder" if stat.S_ISDIR(status.st_mode) else f"sync {status.st_size} bytes")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", lambda *paths: (steps.append("rename"), rename(*paths)))
    monkeypatch.setattr(os, "unlink", lambda path: (steps.append("unlink"), unlink(path)))
    return steps


def test_the_bytes_are_durable_before_the_name_is_and_then_the_name(path, steps):
    atomic_file.write(path, b"twelve bytes")
    assert steps == ["sync 12 bytes", "rename", "sync the folder"]


def test_the_unfinished_file_is_beside_its_place_under_a_name_that_tells_it(path, monkeypatch):
    unfinished, rename = [], os.rename
    monkeypatch.setattr(os, "rename", lambda old, new: (unfinished.append(old), rename(old, new)))
    atomic_file.write(path, b"x")
    assert unfinished[0].startswith(os.path.join(os.path.dirname(path), atomic_file.UNFINISHED))


def test_a_removal_is_durable(path, steps):
    atomic_file.write(path, b"x")
    del steps[:]
    atomic_file.remove(path)
    assert steps == ["unlink", "sync the folder"]


def test_no_file_stays_open(path):
    before = descriptors()
    atomic_file.write(path, b"x")
    atomic_file.remove(path)
    assert descriptors() == before


def test_unfinished_files_are_swept_up_at_any_depth(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for folder in (tmp_path, deep):
        (folder / (atomic_file.UNFINISHED + "x1")).write_bytes(b"")
        (folder / "finished").write_bytes(b"")
    atomic_file.remove_unfinished(str(tmp_path))
    assert os.listdir(str(deep)) == ["finished"]
    assert sorted(os.listdir(str(tmp_path))) == ["a", "finished"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(HostError) as error:
        atomic_file.read(str(tmp_path))
    assert str(error.value) == f"Cannot read {tmp_path}: Is a directory."
    with pytest.raises(HostError) as error:
        atomic_file.write(str(tmp_path), b"")
    assert str(error.value) == f"{tmp_path} is not a regular file; replace it with a regular file or remove it."


def test_a_removal_that_fails_says_why(path, monkeypatch):
    atomic_file.write(path, b"x")
    monkeypatch.setattr(os, "unlink", failing(30))
    with pytest.raises(HostError) as error:
        atomic_file.remove(path)
    assert str(error.value) == f"Cannot remove {path}: Read-only file system."


@pytest.mark.parametrize(
    "number, user, expected",
    [
        (13, 1000, "Permission denied (only root may do this; use become)"),
        (1, 1000, "Operation not permitted (only root may do this; use become)"),
        (1, 0, "Operation not permitted, even for root (look for an immutable flag with lsattr, or a security module)"),
        (30, 1000, "Read-only file system"),
    ],
)
def test_the_reason_depends_on_the_user(number, user, expected, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert reason(OSError(number, os.strerror(number))) == expected
