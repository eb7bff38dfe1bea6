# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A block goes into any file and out again, and leaves every byte of the others where it was."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks as block

FILES = [
    b"",
    b"\n",
    b"a=1\n",
    b"a=1",
    b"\n\n[x]\r\nb=\xe9\xff\n\n",
    b"# BEGIN something else\nx\n# END something else",
]


@pytest.mark.parametrize("put", [block.put_first, block.put_last])
@pytest.mark.parametrize("data", FILES)
def test_out_again_byte_for_byte(data, put):
    inside = put(data, "port=1\n")
    assert inside != data
    assert block.text_of(inside) == "port=1\n"
    assert block.take_out(inside) == data


@pytest.mark.parametrize("put", [block.put_first, block.put_last])
@pytest.mark.parametrize("data", FILES)
def test_a_second_time_replaces_the_first(data, put):
    assert put(put(data, "port=1\n"), "port=2\n") == put(data, "port=2\n")


def test_the_place():
    assert block.put_first(b"theirs\n", "ours\n").endswith(b"theirs\n")
    assert block.put_last(b"theirs\n", "ours\n").startswith(b"theirs\n")


def test_the_block_stands_on_lines_of_its_own():
    assert block.put_last(b"theirs", "ours\n").startswith(b"theirs\n# BEGIN fleet.ports")


def test_a_file_without_a_block():
    assert block.text_of(b"port=1\n") is None
    assert block.take_out(b"port=1\n") == b"port=1\n"


def test_what_others_add_around_the_block_stays():
    data = block.put_last(b"theirs", "ours\n") + b"later\n"
    assert block.take_out(data) == b"theirs\nlater\n"


def test_a_mark_that_somebody_left_over_takes_nothing_along():
    theirs = b"a\n" + block.BEGIN.encode() + b"\nprecious\n"
    assert block.take_out(block.put_last(theirs, "port=1\n")) == theirs
    assert block.take_out(block.put_first(theirs, "port=1\n")) == theirs
