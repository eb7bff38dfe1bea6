# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An error is one line that can be printed, whatever an inventory put into it."""

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError, one_line


@pytest.mark.parametrize("text, shown", [
    ("Cannot read /etc/services: No such file.", "Cannot read /etc/services: No such file."),
    ("line 1\nline 2\r\n", "line 1 line 2"),
    ("\x1b[2Jcleared\u2028and\u00a0more\udcff", "\ufffd[2Jcleared and more\ufffd"),
])  # fmt: skip
def test_it_is_one_line(text, shown):
    assert str(MatrixError(text)) == shown


def test_a_long_one_keeps_its_ends():
    text = str(MatrixError("begin " + "x" * 1_000_000 + " end"))
    assert len(text) < 25_000
    assert text.startswith("begin ") and text.endswith(" end")


def test_a_text_from_a_host_is_one_line_of_limited_length():
    assert one_line(" a\n\n\x1bb ") == "a \ufffdb"
    assert one_line(17) == "17"
    assert one_line("x" * 1001) == "x" * 1000 + "…"
