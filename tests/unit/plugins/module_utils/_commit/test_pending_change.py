# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An unconfirmed change on paper: how long it may still be confirmed."""

import json
import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._commit.pending_change import (
    Pending,
    check_seconds,
    noted_records,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import file_attributes, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


class Clock:
    """The time since boot, and the time of day, which can be set."""

    def __init__(self):
        self.now = 1000.0
        self.set = 1e9

    def monotonic(self):
        return self.now

    def time(self):
        return self.now + self.set


@pytest.fixture(name="clock", autouse=True)
def fixture_clock(tmp_path, record_folder, monkeypatch):
    clock = Clock()
    (tmp_path / "boot").write_text("this\n")
    monkeypatch.setattr(pending_change, "time", clock)
    monkeypatch.setattr(pending_change, "BOOT_ID", str(tmp_path / "boot"))
    return clock


@pytest.fixture(name="pending")
def fixture_pending():
    pending = Pending("token", 60, "a run", 1, {"flows": None}, [{"owner": "nftables", "files": [], "live": [["a", 1]]}])
    pending.save()
    return pending


def test_nothing_is_pending_at_first():
    assert pending_change.load() is None


def test_what_is_written_is_read_back_and_private(pending, tmp_path):
    assert vars(pending_change.load()) == vars(pending)
    path = tmp_path / "records" / "rollback" / "pending.json"
    folders = path.parent, path.parent.parent
    assert [os.stat(str(each)).st_mode & 0o777 for each in (path, *folders)] == [0o600, 0o700, 0o700]
    pending_change.forget()
    assert pending_change.load() is None


@pytest.mark.parametrize("passed, left", [(0, 60), (10, 50), (59.5, 0.5), (60, 0), (60.5, 0), (1e6, 0)])
def test_time_passes(pending, clock, passed, left):
    clock.now += passed
    assert pending_change.load().left() == left


@pytest.mark.parametrize("skew", [-3600, -30, 30, 3600])
@pytest.mark.parametrize("passed, left", [(0, 60), (20, 40), (60, 0), (3601, 0)])
def test_a_clock_that_is_set_makes_the_wait_neither_longer_nor_shorter(pending, clock, skew, passed, left):
    clock.set += skew
    clock.now += passed
    assert pending_change.load().left() == left


def test_time_begins_anew_when_the_change_is_made(pending, clock):
    clock.now += 50
    pending.save()
    assert pending_change.load().left() == 60


def test_after_a_reboot_no_confirmation_is_accepted(pending, tmp_path):
    (tmp_path / "boot").write_text("next\n")
    assert pending_change.load().left() == 0


@pytest.mark.parametrize("now, left", [(1020, 40), (60, 0), (999, 0)])
def test_a_system_that_does_not_number_its_boots_goes_by_the_time_since_one(tmp_path, clock, monkeypatch, now, left):
    monkeypatch.setattr(pending_change, "BOOT_ID", str(tmp_path / "none"))
    Pending("token", 60, "a run", 1, {"flows": None}, []).save()
    clock.now = now
    assert pending_change.load().left() == left


@pytest.mark.parametrize("text", ["", "{", "[]", '{"token": 1}', '{"record": null, "parts": [{"files": [{}]}]}',
                                  '{"record": null, "parts": [{"files": [7]}]}', "[" * 100000])
def test_a_file_that_is_no_such_thing_is_said(tmp_path, text):
    folder = tmp_path / "records" / "rollback"
    folder.mkdir(parents=True)
    (folder / "pending.json").write_text(text)
    with pytest.raises(HostError) as error:
        pending_change.load()
    assert str(error.value) == (
        f"{folder}/pending.json is not a valid record of an unconfirmed change; check that the host's rules are"
        f" right, and remove {folder}."
    )


@pytest.mark.parametrize("seconds", [0, 5, 3600])
def test_a_time_to_confirm_within_the_limits_is_accepted(seconds):
    check_seconds(seconds)


@pytest.mark.parametrize("seconds", [-1, 1, 4, 3601])
def test_a_time_to_confirm_beyond_the_limits_is_refused(seconds):
    with pytest.raises(HostError) as error:
        check_seconds(seconds)
    assert str(error.value) == f"confirm_timeout is {seconds}; set it to 5 to 3600 seconds, or to 0."


def test_records_are_noted_as_they_are(tmp_path):
    records.Record("flows").save({"nftables": {}})
    noted = noted_records(["flows", "pins"])
    assert json.loads(noted["flows"])["content"] == {"nftables": {}} and noted["pins"] is None


def test_a_change_is_incomplete_until_it_was_made_as_a_whole(pending):
    assert pending_change.load().complete is False
    pending.complete = True
    pending.save()
    assert pending_change.load().complete is True


def test_a_note_of_release_1_0_0_is_read(tmp_path):
    """It had one record, and of the attributes of a file its mode only: the present file has the others."""
    present = tmp_path / "present"
    present.write_text("new")
    os.chmod(str(present), 0o644)
    files = [
        {"path": str(present), "before": "b2xk", "mode": 0o640, "after": "x"},
        {"path": str(tmp_path / "gone"), "before": "b2xk", "mode": 0o600, "after": "y"},
        {"path": str(tmp_path / "created"), "before": None, "mode": None, "after": "z"},
    ]
    note = dict(
        boot="this", deadline=1030.0, parts=[{"files": files, "live": [1], "owner": "nftables"}], pid=7, record="{}",
        seconds=60, token="00", who="a run",
    )  # fmt: skip
    folder = tmp_path / "records" / "rollback"
    folder.mkdir(parents=True)
    (folder / "pending.json").write_text(json.dumps(note))
    found = pending_change.load()
    assert (found.records, found.token, found.pid, found.who, found.left()) == ({"flows": "{}"}, "00", 7, "a run", 30)
    [part] = found.parts
    assert (part["owner"], part["live"]) == ("nftables", [1])
    first, second, third = part["files"]
    assert first["attributes"] == dict(file_attributes.read(str(present)), mode=0o640)
    assert second["attributes"] == file_attributes.created(0o600)
    assert third["attributes"] is None
    for note, old in zip(part["files"], files):
        assert {name: note[name] for name in ("path", "before", "after")} == {
            name: old[name] for name in ("path", "before", "after")
        }
        assert "mode" not in note and note["new_folder"] is False
