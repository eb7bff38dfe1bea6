# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record covers what was changed on a host, before and after, and only root can read it."""

import json
import os
import stat

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored
from ansible_collections.fleet.ports.tests.unit.fakes.process import failing, umask


@pytest.fixture
def folder(record_folder):
    return str(record_folder)


def test_what_is_saved_is_loaded(folder):
    record = records.Record("holds")
    assert record.load() is None
    record.save({"line": "caf\xe9", "number": 1})
    assert records.Record("holds").load() == {"line": "caf\xe9", "number": 1}


def test_only_root_can_look(folder):
    records.Record("holds").save({})
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(folder, "holds.json")).st_mode) == 0o600


def test_the_folder_is_private_before_the_mode_is_set(folder, monkeypatch):
    monkeypatch.setattr(os, "chmod", failing(30))
    with umask(0), pytest.raises(HostError) as error:
        records.make_private_folder(folder)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert str(error.value) == f"Cannot create {folder}: Read-only file system; nothing was changed on this host."


def test_a_folder_that_all_may_read_is_made_private(folder):
    os.mkdir(folder)
    os.chmod(folder, 0o755)
    records.make_private_folder(folder)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_the_file_reads_well_and_says_the_same_each_time(folder):
    record = records.Record("holds")
    record.save({"b": 1, "a": 2})
    with open(record.path) as file:
        assert file.read() == (
            '{\n "concern": "holds",\n "content": {\n  "a": 2,\n  "b": 1\n },\n "version": 1\n}\n'
        )


def test_a_record_without_content_is_none(folder):
    record = records.Record("holds")
    record.keep({"a": 1})
    assert record.load() == {"a": 1}
    record.keep({})
    assert record.load() is None and not os.path.exists(folder)
    record.keep({"a": 1})
    record.keep(None)
    assert record.load() is None


OLD, BOTH, NEW = {"old": 1}, {"old": 1, "new": 1}, {"new": 1}


def test_a_change_is_covered_before_it_is_made(folder):
    record = records.Record("holds")
    record.save(OLD)
    with record.covering(OLD, BOTH):
        assert record.load() == BOTH
        record.keep(NEW)
    assert record.load() == NEW


@pytest.mark.parametrize("error, left", [
    (HostError("It failed, and is as it was."), OLD), (NotRestored("It failed half way."), BOTH),
])  # fmt: skip
def test_after_a_failure_the_record_says_what_may_be_there(folder, error, left):
    record = records.Record("holds")
    record.save(OLD)
    with pytest.raises(HostError) as raised:
        with record.covering(OLD, BOTH):
            raise error
    assert raised.value is error
    assert record.load() == left


def test_after_a_failure_of_the_first_change_there_is_no_record(folder):
    record = records.Record("holds")
    with pytest.raises(HostError):
        with record.covering(None, NEW):
            raise HostError("It failed, and is as it was.")
    assert record.load() is None


def test_a_record_that_cannot_be_reset_does_not_hide_the_failure(folder, monkeypatch):
    record = records.Record("holds")
    with pytest.raises(HostError) as raised:
        with record.covering(None, NEW):
            monkeypatch.setattr(os, "unlink", failing(30))
            raise HostError("It failed.")
    assert str(raised.value) == "It failed."
    assert record.load() == NEW


def test_saving_the_same_again_writes_nothing(folder):
    record = records.Record("holds")
    record.save({"a": 1})
    before = os.stat(record.path).st_ino
    record.save({"a": 1})
    assert os.stat(record.path).st_ino == before
    record.save({"a": 2})
    assert os.stat(record.path).st_ino != before


def test_owned_lists_the_concerns_in_the_order_of_their_application(folder):
    assert records.owned() == []
    for concern in reversed(records.CONCERNS):
        records.Record(concern).save({})
    assert records.owned() == ["services", "holds", "pins", "flows"]


def test_the_folder_goes_with_the_last_record(folder):
    first, second = records.Record("holds"), records.Record("pins")
    first.save({})
    second.save({})
    first.remove()
    assert records.owned() == ["pins"]
    second.remove()
    assert not os.path.exists(folder)
    second.remove()


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b'{"version": 1}', b"null"])
def test_a_file_that_is_no_record_is_named(folder, data):
    record = records.Record("holds")
    record.save({})
    with open(record.path, "wb") as file:
        file.write(data)
    with pytest.raises(HostError) as error:
        record.load()
    assert str(error.value) == (
        f"{record.path} is not a valid record of fleet.ports; move it away and undo the listed changes by hand."
    )


def test_a_record_of_another_version_is_not_guessed_at(folder):
    record = records.Record("holds")
    record.save({})
    with open(record.path, "w") as file:
        json.dump({"version": 2, "content": {}}, file)
    with pytest.raises(HostError) as error:
        record.load()
    assert str(error.value) == (
        f"{record.path} has version 2, but this release reads 1; use the release that wrote it."
    )


def test_a_folder_that_cannot_be_created_is_an_error_before_any_change(folder):
    with open(folder, "w"):
        pass
    with pytest.raises(HostError) as error:
        records.Record("holds").save({})
    assert str(error.value) == f"Cannot read {folder}/holds.json: Not a directory."


@pytest.mark.parametrize("text", ["[" * 100000, '{"version": 1, "content": []}', '{"version": 1, "content": 7}', "\udcff", "null"],
                         ids=["nested", "list", "number", "no text", "null"])
def test_what_is_no_record_is_refused(tmp_path, text):
    (tmp_path / "flows.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    record = records.Record("flows", str(tmp_path))
    if "[]" in text:
        assert record.load() == {}
    else:
        with pytest.raises(HostError, match="is not a valid record of fleet.ports"):
            record.load()
