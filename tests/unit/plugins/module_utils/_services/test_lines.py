# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of a services database: read as the C library reads them, written back byte for byte."""

import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._services.lines import Line, join, split


@pytest.mark.parametrize(
    "text, port, protocol, names",
    [
        ("rmcp 623/udp", 623, "udp", ("rmcp",)),
        ("rmcp\t\t623/udp\t\t# Aux", 623, "udp", ("rmcp",)),
        ("  rmcp 623/UDP", 623, "udp", ("rmcp",)),
        ("rmcp 623/udp a  b\tc#d", 623, "udp", ("rmcp", "a", "b", "c")),
        ("rmcp 623/udp#d", 623, "udp", ("rmcp",)),
        ("914c/g 211/tcp 914c-g", 211, "tcp", ("914c/g", "914c-g")),
        ("caf\xe9\xa0x 1/tcp", 1, "tcp", ("caf\xe9\xa0x",)),
        ("rmcp 623/udp\r", 623, "udp", ("rmcp",)),
    ],
)
def test_an_entry(text, port, protocol, names):
    line = Line(text)
    assert (line.port, line.protocol, line.names) == (port, protocol, names)
    assert all(line.gives(name, protocol) for name in names)
    assert not line.gives("other", protocol)
    assert not line.gives(names[0], "sctp")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "# rmcp 623/udp", "#rmcp 623/udp", "rmcp", "rmcp 623", "rmcp 623 udp", "rmcp udp/623", "rm#cp 623/udp"],
)
def test_no_entry(text):
    line = Line(text)
    assert line.names == ()
    assert not line.gives("rmcp", "udp")


def test_with_port_changes_the_port_only():
    assert Line(" rmcp\t 700/udp\ta # 700").with_port(623) == " rmcp\t 623/udp\ta # 700"


def test_put_reads_the_new_text():
    line = Line("rmcp 700/udp", "\r\n", 7)
    line.put("# nothing")
    assert (line.names, line.port, line.end, line.number) == ((), None, "\r\n", 7)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("foo 1/tcp a", "foo 1/tcp"),
        ("foo 1/tcp\ta\tb # a", "foo 1/tcp\tb # a"),
        ("foo 1/tcp b a#a", "foo 1/tcp b#a"),
        ("foo 1/tcp a a", "foo 1/tcp"),
        ("foo 1/tcp aa a.a a", "foo 1/tcp aa a.a"),
        (" a\t1/tcp foo  bar # a", " foo\t1/tcp  bar # a"),
        ("a 1/tcp a foo", "foo 1/tcp"),
        ("foo 1/tcp a\xa0b a", "foo 1/tcp a\xa0b"),
    ],
)
def test_without_a_name(text, expected):
    assert Line(text).without("a") == expected


def test_without_takes_signs_literally():
    assert Line("foo 1/tcp a+ a.c abc").without("a.c") == "foo 1/tcp a+ abc"


def test_lines_are_split_where_the_c_library_splits_them():
    lines = split("a\r\nb\n\n\rc\x85d\x0ce\r\r\nf")
    assert [(line.text, line.end) for line in lines] == [
        ("a", "\r\n"), ("b", "\n"), ("", "\n"), ("\rc\x85d\x0ce\r", "\r\n"), ("f", "")
    ]  # fmt: skip
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]


def test_every_byte_comes_out_as_it_went_in():
    chance = random.Random(664)
    alphabet = "\n\r\t #/ab1" + "".join(map(chr, range(256)))
    for _round in range(500):
        text = "".join(chance.choice(alphabet) for _byte in range(chance.randint(0, 60)))
        assert join(split(text)) == text
