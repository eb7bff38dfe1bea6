# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the holder: read from its note and its process, and shown as a difference."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

HOLDS = (holder.Hold("udp", "0.0.0.0", 623), holder.Hold("udp", "::", 623))


@pytest.mark.parametrize("enabled", [True, False])
def test_a_resident_holder_has_the_sockets_that_it_notes(run_folder, resident, enabled):
    (run_folder / "HELD").write_text(holder.form(HOLDS))
    assert holder_state.of_resident(enabled) == holder_state.State(resident.pid, HOLDS, enabled)
    resident.kill()
    resident.wait()
    assert holder_state.of_resident(enabled) == holder_state.STOPPED


@pytest.mark.parametrize("note", [None, b"", b"several", b"-1"])
def test_without_the_number_of_a_process_the_holder_is_stopped(run_folder, note):
    if note is not None:
        (run_folder / "PID").write_bytes(note)
    assert holder_state.of_resident(enabled=True) == holder_state.STOPPED


def test_another_process_with_the_number_of_the_holder_is_not_the_holder(run_folder):
    (run_folder / "PID").write_text(str(os.getpid()))
    assert holder_state.of_resident(enabled=True) == holder_state.STOPPED


@pytest.mark.parametrize("note", [None, b"udp 0.0.0.0\n", b"\xff\n"])
def test_a_note_that_is_missing_or_unreadable_names_no_sockets(run_folder, note):
    if note is not None:
        (run_folder / "HELD").write_bytes(note)
    assert holder_state.noted() == ()


def test_a_holder_that_does_not_react_is_reported(run_folder, monkeypatch):
    monkeypatch.setattr(holder_state, "SECONDS_FOR_A_RELOAD", 0.05)
    (run_folder / "HELD").write_text("")
    sentence = "^The holder does not respond to SIGHUP. Search the system log for Portblocker.$"
    with pytest.raises(HostError, match=sentence):
        with holder_state.awaited_note():
            assert not (run_folder / "HELD").exists()


@pytest.mark.parametrize("state, holds, before, after", [
    (holder_state.STOPPED, HOLDS[:1], "is stopped\n", "holds 623/udp on 0.0.0.0\n"),
    (holder_state.State(1, HOLDS[:1], True), (), "holds 623/udp on 0.0.0.0\n", "is stopped\n"),
    (holder_state.State(1, HOLDS[:1], False), HOLDS[:1],
     "does not start at boot, or does not match its files\nholds 623/udp on 0.0.0.0\n", "holds 623/udp on 0.0.0.0\n"),
])  # fmt: skip
def test_a_difference_is_shown_in_words(state, holds, before, after):
    assert holder_state.diffs(state, holds) == [
        dict(before=before, after=after, before_header="the holder", after_header="the holder")
    ]


def test_a_sound_holder_of_the_same_sockets_is_no_difference():
    assert holder_state.diffs(holder_state.State(1, HOLDS[::-1], True), HOLDS) == []
    assert holder_state.diffs(holder_state.STOPPED, ()) == []
