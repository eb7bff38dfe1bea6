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


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "file")


def leftovers(path):
    return [name for name in os.listdir(os.path.dirname(path)) if name.startswith(".")]


def failing(number):
    def fail(*arguments, **keywords):
        raise OSError(number, os.strerror(number))

    return fail


def test_what_is_written_is_read(path):
    assert atomic_file.read(path) is None
    atomic_file.write(path, b"caf\xe9\r\n\x00")
    assert atomic_file.read(path) == b"caf\xe9\r\n\x00"
    assert leftovers(path) == []


def test_a_new_file_has_the_mode_that_is_asked_for_whatever_the_umask(path):
    mask = os.umask(0o077)
    try:
        atomic_file.write(path, b"", mode=0o644)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o644


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
        f"{path} is a link to {device}, which is no regular file; put one in its place, or nothing there."
    )
    assert stat.S_ISFIFO(os.stat(device).st_mode)


def test_folders_are_made(tmp_path):
    path = str(tmp_path / "a" / "b" / "file")
    atomic_file.write(path, b"x")
    assert atomic_file.read(path) == b"x"


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
    assert str(error.value) == f"Cannot write {path}: Read-only file system; nothing was changed in it."
    assert atomic_file.read(path) == b"old"
    assert leftovers(path) == []


def test_a_system_that_cannot_sync_folders_has_written_all_the_same(path, monkeypatch):
    real = os.fsync

    def files_only(number):
        return failing(22)() if stat.S_ISDIR(os.fstat(number).st_mode) else real(number)

    monkeypatch.setattr(os, "fsync", files_only)
    atomic_file.write(path, b"x")
    assert atomic_file.read(path) == b"x"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(HostError) as error:
        atomic_file.read(str(tmp_path))
    assert str(error.value) == f"Cannot read {tmp_path}: Is a directory."
    with pytest.raises(HostError) as error:
        atomic_file.write(str(tmp_path), b"")
    assert str(error.value) == f"{tmp_path} is no regular file; put one in its place, or nothing there."


def test_a_removal_that_fails_says_why(path, monkeypatch):
    atomic_file.write(path, b"x")
    monkeypatch.setattr(os, "unlink", failing(30))
    with pytest.raises(HostError) as error:
        atomic_file.remove(path)
    assert str(error.value) == f"Cannot remove {path}: Read-only file system."


@pytest.mark.parametrize(
    "number, user, expected",
    [
        (13, 1000, "Permission denied, as only root may; use become"),
        (1, 1000, "Operation not permitted, as only root may; use become"),
        (1, 0, "Operation not permitted, not even to root; look for an immutable flag (lsattr) or a security module"),
        (30, 1000, "Read-only file system"),
    ],
)
def test_the_reason_tells_who_is_not_root(number, user, expected, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert reason(OSError(number, os.strerror(number))) == expected
