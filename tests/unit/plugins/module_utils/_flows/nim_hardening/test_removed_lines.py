# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines taken out and put back: an exact inverse, and no loss where others edited meanwhile."""

import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import removed_lines


def is_ours(line):
    return line.startswith("x")


@pytest.mark.parametrize("seed", range(300))
def test_putting_back_is_the_inverse_of_taking(seed):
    choice = random.Random(seed).choice
    data = b"".join(choice([b"x1\n", b"x2\n", b"a\n", b"\n", b"x \xff\n"]) for _each in range(choice(range(8))))
    data += choice([b"", b"x end", b"end"])
    rest, taken = removed_lines.take(data, is_ours)
    assert not any(line.startswith(b"x") for line in rest.splitlines())
    assert removed_lines.put_back(rest, taken) == data
    assert removed_lines.take(removed_lines.put_back(rest, taken), is_ours) == (rest, taken)


@pytest.mark.parametrize(
    "edited, result",
    [
        (b"", b"x1\nx2"),
        (b"new\n", b"new\nx1\nx2"),
        (b"a\nb\nnew\n", b"a\nx1\nb\nx2\nnew\n"),
        (b"a\nb\nnew", b"a\nx1\nb\nx2\nnew"),
        (b"a\nx1\nb\n", b"a\nx1\nb\nx2"),
    ],
)
def test_what_others_wrote_meanwhile_stays(edited, result):
    rest, taken = removed_lines.take(b"a\nx1\nb\nx2", is_ours)
    assert rest == b"a\nb\n"
    assert removed_lines.put_back(edited, taken) == result


@pytest.mark.parametrize("data", [b"a\x0cshell b\nshell c\n", b"a\rshell\n", "a\u2028shell\n".encode(), b"x\x85\nshell\n"])
def test_only_newlines_end_lines(data):
    left, taken = removed_lines.take(data, lambda line: line.startswith("shell"))
    assert [line for _index, line in taken] == [line for line in ["shell c\n", "shell\n"] if data.count(b"\n" + line.encode())]
    assert removed_lines.put_back(left, taken) == data
