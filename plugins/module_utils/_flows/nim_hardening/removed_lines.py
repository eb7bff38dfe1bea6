# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines taken out of somebody's file, and put back where they stood.

What was taken is a list of ``[index, line]``, the index being that in the whole file. Putting back is the exact inverse
as long as nobody has edited the file since; if somebody has, no line gets lost, and none comes to stand there twice.
"""

import re


def take(data, is_unwanted):
    """Return the file without the lines of which ``is_unwanted(text)``, and these."""
    lines = _lines(data)
    taken = [[index, line] for index, line in enumerate(lines) if is_unwanted(line)]
    return _data(line for line in lines if not is_unwanted(line)), taken


def put_back(data, taken):
    """Return the file with these lines again."""
    lines = _lines(data)
    missing = [(index, line) for index, line in taken if line not in lines]
    for index, line in missing:
        lines.insert(index, line)
    return _data(_ended(lines))


def _ended(lines):
    """Only the last line may be without its newline, which another one may have become the last before."""
    return [line if line.endswith("\n") else line + "\n" for line in lines[:-1]] + lines[-1:]


def _lines(data):
    """Return what newlines part: to programs that read such files, no other sign ends a line."""
    return re.findall("[^\n]*\n|[^\n]+", data.decode("utf-8", "surrogateescape"))


def _data(lines):
    return "".join(lines).encode("utf-8", "surrogateescape")
