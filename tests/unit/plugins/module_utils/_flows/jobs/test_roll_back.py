# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the roll-back job: it undoes the change on disk and what runs, through the participants."""

import os

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change, rollback
from ansible_collections.fleet.ports.plugins.module_utils._flows import participants
from ansible_collections.fleet.ports.plugins.module_utils._flows.jobs import roll_back
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes


def test_the_program_is_the_module_with_its_main():
    """The job runs the module of this name below module_utils."""
    assert roll_back.__name__.endswith(".module_utils." + roll_back.PROGRAM)
    assert callable(roll_back.main)


def test_a_change_that_is_not_confirmed_is_undone_by_its_participants(tmp_path, monkeypatch, record_folder):
    path = tmp_path / "rules"
    path.write_text("old")
    restored = []
    monkeypatch.setattr(participants, "restore", lambda *words: restored.append(words))
    monkeypatch.setattr(rollback.HostJob, "disarm", lambda self: None)
    monkeypatch.setattr(rollback, "_log", lambda text: None)
    notes = file_changes.notes([file_changes.File(str(path)).becoming(b"new")])
    part = {"owner": "nftables", "files": notes, "live": "rules"}
    pending_change.Pending("token", 60, "a run", os.getpid(), {"flows": None}, [part]).save()
    path.write_text("new")
    monkeypatch.setattr(pending_change.Pending, "left", lambda self: 0)
    roll_back.main()
    assert path.read_text() == "old" and restored == [("nftables", "rules", [str(path)])]
    assert pending_change.load() is None
