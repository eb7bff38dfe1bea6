# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks are put into files and taken out again byte for byte; created files and folders are removed with them."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes, marked_blocks

FILES = [
    b"",
    b"\n",
    b"a=1\n",
    b"a=1",
    b"\n\n[x]\r\nb=\xe9\xff\n\n",
    b"# BEGIN something else\nx\n# END something else",
]


@pytest.mark.parametrize("put", [marked_blocks.put_first, marked_blocks.put_last])
@pytest.mark.parametrize("data", FILES)
def test_out_again_byte_for_byte(data, put):
    inside = put(data, "port=1\n")
    assert inside != data
    assert marked_blocks.text_of(inside) == "port=1\n"
    assert marked_blocks.take_out(inside) == data


@pytest.mark.parametrize("put", [marked_blocks.put_first, marked_blocks.put_last])
@pytest.mark.parametrize("data", FILES)
def test_a_second_time_replaces_the_first(data, put):
    assert put(put(data, "port=1\n"), "port=2\n") == put(data, "port=2\n")


def test_the_place():
    assert marked_blocks.put_first(b"theirs\n", "ours\n").endswith(b"theirs\n")
    assert marked_blocks.put_last(b"theirs\n", "ours\n").startswith(b"theirs\n")


def test_the_block_stands_on_lines_of_its_own():
    assert marked_blocks.put_last(b"theirs", "ours\n").startswith(b"theirs\n# BEGIN fleet.ports")


def test_a_file_without_a_block():
    assert marked_blocks.text_of(b"port=1\n") is None
    assert marked_blocks.take_out(b"port=1\n") == b"port=1\n"


def test_a_block_that_is_no_text_is_read_all_the_same():
    damaged = marked_blocks.put_last(b"", "port=1\n").replace(b"1", b"\xff")
    assert marked_blocks.text_of(damaged) == "port=\ufffd\n"


def test_external_lines_around_the_block_stay():
    data = marked_blocks.put_last(b"theirs", "ours\n") + b"later\n"
    assert marked_blocks.take_out(data) == b"theirs\nlater\n"


def test_a_leftover_mark_takes_nothing_along():
    theirs = b"a\n" + marked_blocks.BEGIN.encode() + b"\nprecious\n"
    assert marked_blocks.take_out(marked_blocks.put_last(theirs, "port=1\n")) == theirs
    assert marked_blocks.take_out(marked_blocks.put_first(theirs, "port=1\n")) == theirs


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "nfs.conf.d" / "ours.conf")


def bring(path, text, memory):
    """Compute and apply; return the edits, the new memory and the warnings."""
    blocks = [] if text is None else [marked_blocks.Block(path, marked_blocks.put_last, text)]
    result = marked_blocks.compute(blocks, memory)
    file_changes.apply(result.changes)
    return result


def content(path):
    with open(path, "rb") as file:
        return file.read()


def create(path, data):
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(data)


def test_a_missing_file_and_its_folder_come_and_go(path):
    memory = bring(path, "port=1\n", {}).memory
    assert b"port=1\n" in content(path)
    assert bring(path, None, memory).memory == {}
    assert not os.path.exists(os.path.dirname(path))


def test_a_folder_that_was_there_stays(path):
    os.makedirs(os.path.dirname(path))
    memory = bring(path, "port=1\n", {}).memory
    bring(path, None, memory)
    assert os.listdir(os.path.dirname(path)) == []


def test_a_file_that_was_there_is_given_back(path):
    create(path, b"theirs")
    memory = bring(path, "port=1\n", {}).memory
    bring(path, None, memory)
    assert content(path) == b"theirs"


def test_an_empty_file_that_was_there_stays(path):
    create(path, b"")
    memory = bring(path, "port=1\n", {}).memory
    bring(path, None, memory)
    assert content(path) == b""


def test_a_created_file_stays_with_external_lines(path):
    memory = bring(path, "port=1\n", {}).memory
    with open(path, "ab") as file:
        file.write(b"theirs\n")
    bring(path, None, memory)
    assert content(path) == b"theirs\n"


def test_a_second_run_changes_nothing(path):
    first = bring(path, "port=1\n", {})
    second = bring(path, "port=1\n", first.memory)
    assert first.changes and not second.changes
    assert second.memory == first.memory and not second.warnings


def test_another_text_replaces_the_first_and_is_given_back_all_the_same(path):
    create(path, b"theirs\n")
    memory = bring(path, "port=1\n", {}).memory
    memory = bring(path, "port=2\n", memory).memory
    assert b"port=2" in content(path) and b"port=1" not in content(path)
    bring(path, None, memory)
    assert content(path) == b"theirs\n"


def test_a_file_that_is_no_longer_wanted_is_given_back(path, tmp_path):
    create(path, b"theirs\n")
    memory = bring(path, "port=1\n", {}).memory
    other = str(tmp_path / "other.conf")
    memory = bring(other, "port=1\n", memory).memory
    assert content(path) == b"theirs\n" and list(memory) == [other]


def test_a_file_created_under_a_lost_record_is_removed(path):
    bring(path, "port=1\n", {})
    memory = bring(path, "port=1\n", {}).memory
    bring(path, None, memory)
    assert not os.path.exists(path)


def test_what_was_done_is_undone_to_the_last_folder(path, tmp_path):
    result = marked_blocks.compute([marked_blocks.Block(path, marked_blocks.put_last, "port=1\n")], {})
    file_changes.apply(result.changes)
    file_changes.undo(result.changes)
    assert os.listdir(str(tmp_path)) == []


def test_what_was_not_done_yet_is_not_touched_by_undoing_it(path, tmp_path):
    create(path, b"theirs\n")
    before = os.stat(path).st_ino
    result = marked_blocks.compute([marked_blocks.Block(path, marked_blocks.put_last, "port=1\n")], {})
    file_changes.undo(result.changes)
    assert content(path) == b"theirs\n" and os.stat(path).st_ino == before


def test_nothing_is_touched_before_it_is_applied(path):
    marked_blocks.compute([marked_blocks.Block(path, marked_blocks.put_last, "port=1\n")], {})
    assert not os.path.exists(os.path.dirname(path))


@pytest.mark.parametrize("damage", ["port=9\n", None])
def test_an_edited_or_removed_block_is_repaired_with_a_warning(path, damage):
    memory = bring(path, "port=1\n", {}).memory
    if damage is None:
        os.unlink(path)
    else:
        with open(path, "wb") as file:
            file.write(marked_blocks.put_last(b"", damage))
    result = bring(path, "port=1\n", memory)
    assert result.warnings == [
        f"The block of fleet.ports in {path} was modified or removed externally since the last run."
    ]
    assert b"port=1\n" in content(path)
