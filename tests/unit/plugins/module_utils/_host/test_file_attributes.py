# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owner, mode and extended attributes of a file go to another one as they are, as plain data in between."""

import base64
import errno
import json
import os
import stat

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import file_attributes
from ansible_collections.fleet.ports.tests.unit.fakes import attributes as fake_attributes
from ansible_collections.fleet.ports.tests.unit.fakes.process import failing

NAME = "user.fleet.ports"


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    path = str(tmp_path / "file")
    with open(path, "wb"):
        pass
    os.chmod(path, 0o4640)
    return path


@pytest.fixture(name="extended")
def fixture_extended(monkeypatch):
    """Extended attributes of all files: those of a file system that has none stand in for them."""
    extended = {}
    monkeypatch.setattr(os, "listxattr", lambda file: sorted(extended), raising=False)
    monkeypatch.setattr(os, "getxattr", lambda file, name: extended[name], raising=False)
    monkeypatch.setattr(os, "setxattr", lambda file, name, value: extended.update({name: value}), raising=False)
    monkeypatch.setattr(os, "removexattr", lambda file, name: extended.pop(name), raising=False)
    return extended


def give(path, attributes):
    with open(path, "rb") as file:
        file_attributes.give(file.fileno(), attributes)


def test_no_file_has_none(path):
    assert file_attributes.read(path + ".none") is None


def test_they_are_plain_data(path, extended):
    extended[NAME] = b"\xff\x00"
    found = file_attributes.read(path)
    assert json.loads(json.dumps(found)) == found == {
        "uid": os.getuid(), "gid": os.getgid(), "mode": 0o4640, "extended": {NAME: "/wA="},
    }  # fmt: skip


def test_another_file_gets_all_of_them(path, tmp_path, extended):
    other = str(tmp_path / "other")
    extended[NAME] = b"value"
    attributes = file_attributes.read(path)
    extended.clear()
    with open(other, "wb"):
        pass
    give(other, attributes)
    assert file_attributes.read(other) == attributes and extended == {NAME: b"value"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_goes_along_and_clears_no_bit_of_the_mode(path, extended):
    give(path, {"uid": 12, "gid": 34, "mode": 0o4755, "extended": {}})
    status = os.stat(path)
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12, 34, 0o4755)


def test_real_attributes_pass_through_json_to_another_file(path, tmp_path):
    fake_attributes.give(path)
    other = tmp_path / "other"
    other.write_bytes(b"")
    give(other, json.loads(json.dumps(file_attributes.read(path))))
    assert fake_attributes.of(other) == fake_attributes.GIVEN


def test_a_real_inherited_access_list_is_removed(path):
    fake_attributes.give(path)
    give(path, file_attributes.created(0o644))
    mode, _user, _group, extended = fake_attributes.of(path)
    assert mode == 0o644 and fake_attributes.ACCESS_LIST not in extended


def test_a_created_file_has_its_mode_and_nothing_that_its_folder_gives(path, extended):
    extended[file_attributes.INHERITED] = b"access list"
    give(path, file_attributes.created(0o600))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and extended == {}


def test_an_access_list_that_the_file_had_replaces_the_inherited_one(path, extended):
    extended[file_attributes.INHERITED] = b"inherited"
    wanted = base64.b64encode(b"its own").decode("ascii")
    give(path, {"mode": 0o600, "extended": {file_attributes.INHERITED: wanted}})
    assert extended == {file_attributes.INHERITED: b"its own"}


@pytest.mark.parametrize("name", ["security.ima", "security.evm"])
def test_signatures_of_the_content_stay_behind(path, extended, name):
    extended.update({name: b"signature", "security.selinux": b"label"})
    assert list(file_attributes.read(path)["extended"]) == ["security.selinux"]


@pytest.mark.parametrize("number", [errno.ENODATA, errno.ENOTSUP])
def test_a_file_system_without_extended_attributes_has_none(path, monkeypatch, number):
    monkeypatch.setattr(os, "listxattr", failing(number), raising=False)
    assert file_attributes.read(path)["extended"] == {}


def test_a_system_without_extended_attributes_has_none(path, monkeypatch):
    monkeypatch.delattr(os, "listxattr", raising=False)
    assert file_attributes.read(path)["extended"] == {}


def test_what_cannot_be_read_is_not_taken_for_nothing(path, monkeypatch):
    monkeypatch.setattr(os, "listxattr", failing(errno.EIO), raising=False)
    with pytest.raises(OSError):
        file_attributes.read(path)
