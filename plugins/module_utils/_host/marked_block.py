# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A block of ours in somebody's file, between two marks: put in and taken out byte for byte.

The file itself says all that is needed to take the block out again, even that its last line had no newline before.
"""

import re

BEGIN = "# BEGIN fleet.ports: what stands between these marks is replaced or removed by the collection"
UNENDED = "; the line above had no newline"
END = "# END fleet.ports"

# A mark that somebody left over begins no block: what stands behind it is theirs.
_BLOCK = re.compile(
    "^{begin}({unended})?\n((?:(?!{begin})[^\n]*\n)*?){end}(?:\n|\\Z)".format(
        begin=re.escape(BEGIN), unended=re.escape(UNENDED), end=re.escape(END)
    ).encode(),
    re.MULTILINE,
)


def put_first(data, text):
    """Return the file with the text as its first block."""
    return _framed(text) + take_out(data)


def put_last(data, text):
    """Return the file with the text as its last block."""
    rest = take_out(data)
    if rest and not rest.endswith(b"\n"):
        return rest + b"\n" + _framed(text, UNENDED)
    return rest + _framed(text)


def take_out(data):
    """Return the file as it was without a block of ours."""
    match = _BLOCK.search(data)
    if match is None:
        return data
    above, below = data[:match.start()], data[match.end():]
    # The newline that we gave the line above goes too, unless somebody has written below the block since.
    return above[:-1] if match.group(1) and not below else above + below


def text_of(data):
    """Return the text of our block, or None where the file has none."""
    match = _BLOCK.search(data)
    return match.group(2).decode("utf-8", "replace") if match else None


def _framed(text, remark=""):
    return f"{BEGIN}{remark}\n{text}{END}\n".encode()
