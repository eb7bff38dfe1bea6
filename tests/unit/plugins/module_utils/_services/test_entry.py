# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of the services database: what may be one, and how it is written."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services.entry import Entry, wanted


def option(name="rmcp", port=623, protocol="udp", **more):
    return dict(name=name, port=port, protocol=protocol, **more)


@pytest.mark.parametrize(
    "entry, line",
    [
        (option(), "rmcp            623/udp"),
        (option(protocol="UDP"), "rmcp            623/udp"),
        (option(comment=" Aux Bus Shunt "), "rmcp            623/udp         # Aux Bus Shunt"),
        (option(aliases=["a", "b"], comment="c"), "rmcp            623/udp         a b # c"),
        (option(name="a-name-of-many-letters"), "a-name-of-many-letters 623/udp"),
        (option(protocol="a-long-protocol", aliases=["b"]), "rmcp            623/a-long-protocol b"),
        (option(comment=None, aliases=None), "rmcp            623/udp"),
        (option(comment="# of é"), "rmcp            623/udp         # # of \xc3\xa9"),
    ],
)
def test_line(entry, line):
    assert wanted([entry])[0].line == line


def test_names_are_the_name_and_its_aliases():
    assert Entry("shell", 514, "tcp", ("cmd",), "").names == ("shell", "cmd")


@pytest.mark.parametrize("word", ["", "a b", "a\tb", "a\nb", "a#b", "#", "a/b", "\x7f", "\xa0", "n\xe4me", "a\x00"])
@pytest.mark.parametrize("place", ["name", "protocol", "aliases"])
def test_a_word_that_would_break_the_line_is_refused(word, place):
    with pytest.raises(HostError) as error:
        wanted([option(**{place: [word] if place == "aliases" else word})])
    assert str(error.value) == (
        f"entries: Invalid name or protocol {word!r}; "
        "use ASCII letters, digits and punctuation, but no blank, '#' or '/'."
    )


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(HostError) as error:
        wanted([option(port=port)])
    assert str(error.value) == f"entries: rmcp/udp has port {port}; use a port of 1-65535."


@pytest.mark.parametrize("comment", ["a\nrmcp 1/udp", "a\r", "\x1b[0m", "\x85", "\u2028", "\ud800"])
def test_a_comment_is_one_line(comment):
    with pytest.raises(HostError) as error:
        wanted([option(comment=comment)])
    assert str(error.value) == (
        f"entries: The comment {comment!r} of rmcp/udp is not a single line; remove the line breaks."
    )


@pytest.mark.parametrize(
    "entries, name",
    [
        ([option(), option(port=664)], "rmcp"),
        ([option(), option(port=664, protocol="UDP")], "rmcp"),
        ([option(aliases=["aux"]), option(name="aux", port=664)], "aux"),
        ([option(aliases=["aux"]), option(name="other", port=664, aliases=["aux"])], "aux"),
    ],
)
def test_one_name_has_one_port(entries, name):
    with pytest.raises(HostError) as error:
        wanted(entries)
    assert str(error.value) == f"entries: {name}/udp has both port 623 and port 664; remove one of them."


def test_a_port_has_many_names_and_a_name_many_protocols():
    entries = [option(), option(name="asf-rmcp"), option(protocol="tcp"), option()]
    assert [entry.name for entry in wanted(entries)] == ["rmcp", "asf-rmcp", "rmcp", "rmcp"]
