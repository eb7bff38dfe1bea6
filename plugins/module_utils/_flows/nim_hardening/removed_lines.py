# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines removed from a file of the host, and restored where they stood.

What was removed is a list of ``[index, line]``, the index being that in the whole file. Restoring is the exact inverse
unless the file was edited meanwhile; in a file that was edited, no line is lost and none appears twice.
"""

import re


def take(data, is_unwanted):
    """Return the content without the lines for which ``is_unwanted(line)`` is true, and those lines."""
    lines = _lines(data)
    taken = [[index, line] for index, line in enumerate(lines) if is_unwanted(line)]
    return _data(line for line in lines if not is_unwanted(line)), taken


def put_back(data, taken):
    """Return the content with these lines again."""
    lines = _lines(data)
    missing = [(index, line) for index, line in taken if line not in lines]
    for index, line in missing:
        lines.insert(index, line)
    return _data(_ended(lines))


def _ended(lines):
    """Give each line but the last its newline: one that had none may have become a line before the last."""
    return [line if line.endswith("\n") else line + "\n" for line in lines[:-1]] + lines[-1:]


def _lines(data):
    """Split at newlines only: no other character ends a line for the programs that read such files."""
    return re.findall("[^\n]*\n|[^\n]+", data.decode("utf-8", "surrogateescape"))


def _data(lines):
    return "".join(lines).encode("utf-8", "surrogateescape")
