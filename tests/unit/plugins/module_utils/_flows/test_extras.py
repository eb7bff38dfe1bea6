# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who keeps windows and house is asked where there is something to keep, or was, and nobody else is."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import extras, owners as _owners
from ansible_collections.fleet.ports.plugins.module_utils._flows.request import NO_FLOWS
from ansible_collections.fleet.ports.plugins.module_utils._host import records

NOTHING = {
    "state": "present", "window": None, "window_renew": False, "window_close": False, "tftpaccess": False,
    "retired": None,
}  # fmt: skip
WINDOW = {"seconds": 600, "clients": {"lpar01": ["198.51.100.1/32"]}, "host": None}
REMEMBERED = {"clients": {"lpar01": {"opened": 0, "until": 10, "addresses": ["198.51.100.1/32"]}}, "request": None}


@pytest.fixture(autouse=True)
def fixture_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "FOLDER", str(tmp_path))
    return tmp_path


def keeping(memories=None, **options):
    return extras.keeping(dict(NOTHING, **options), NO_FLOWS, memories or {}, 100)


def names(owners):
    return [name for name, _change in owners]


def test_nobody_is_asked_on_a_host_without_windows():
    assert keeping() == ({}, [])
    assert keeping(window=WINDOW, state="absent") == ({}, [])


def test_who_keeps_windows_is_asked_for_new_ones_and_for_those_there_were(fixture_folder):
    windows, asked = keeping(window=WINDOW)
    assert (list(windows), names(asked)) == (["lpar01"], ["windows"])
    assert names(keeping({_owners.WINDOWS: REMEMBERED})[1]) == ["windows"]
    (fixture_folder / "window").mkdir()
    assert names(keeping()[1]) == ["windows"], "what closed them is still there"


def test_who_keeps_house_is_asked_where_that_is_or_was_wanted():
    def tidying(memories=None, **options):
        return names(extras.tidying(dict(NOTHING, **options), memories or {}))

    assert tidying() == []
    assert tidying(tftpaccess=True, state="absent") == []
    assert tidying(tftpaccess=True) == ["housekeeping"]
    assert tidying(retired={"masters": ["nim01"]}) == ["housekeeping"]
    assert tidying({_owners.HOUSEKEEPING: {"tftpaccess": None}}) == ["housekeeping"]
