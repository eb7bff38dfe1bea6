# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a Markdown document: what is in them, and that no text breaks out of its place."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import (
    bullets,
    document,
    literal,
    section,
    table,
)


def test_a_document_has_no_section_without_a_body():
    assert document("# A", *section("B", bullets(["c", "d"])), *section("E", "")) == "# A\n\n## B\n\n- c\n- d\n"


def test_a_bar_does_not_make_a_column():
    assert table(("A", "B"), [("c|d", "e")]) == "| A | B |\n| --- | --- |\n| c\\|d | e |"
    assert table(("A",), []) == ""


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain text, 623/udp (PID 1)", "plain text, 623/udp (PID 1)"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[a](http://b)", r"\[a\](http\://b)"),
        ("*a* _b_ `c` ~~d~~", r"\*a\* \_b\_ \`c\` \~\~d\~\~"),
        ("&lt; \\", r"\&lt; \\"),
        ("see www.example.com", r"see www\.example.com"),
        ("chain_of_ours __init__", r"chain_of_ours \_\_init\_\_"),
    ],
)
def test_text_of_others_is_no_markup(text, shown):
    assert literal(text) == shown


@pytest.mark.parametrize("text, shown", [
    ("# no heading", r"\# no heading"), ("- no list", r"\- no list"), ("1. no list", r"1\. no list"), ("192.0.2.1", "192.0.2.1"),
    ("a\nb\u2028c\x1b", "a b c\ufffd"),
])  # fmt: skip
def test_what_begins_a_line_begins_nothing_else(text, shown):
    assert literal(text) == shown
