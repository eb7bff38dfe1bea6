# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks managed by fleet.ports in files of others, between two marks: put in and taken out byte for byte.

The file itself says all that is needed to take the block out again, even that its last line had no newline before. A
file that is missing is created, and removed again with its block unless something else was written to it; so is its
folder. The memory (part of a record) says for each file what the block contains, and what of the file was created.
"""

import collections
import os
import re

from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes

BEGIN = "# BEGIN fleet.ports: what stands between these marks is replaced or removed by the collection"
UNENDED = "; the line above had no newline"
END = "# END fleet.ports"

# A leftover BEGIN mark starts no block: the lines behind it belong to the file.
_BLOCK = re.compile(
    "^{begin}({unended})?\n((?:(?!{begin})[^\n]*\n)*?){end}(?:\n|\\Z)".format(
        begin=re.escape(BEGIN), unended=re.escape(UNENDED), end=re.escape(END)
    ).encode(),
    re.MULTILINE,
)

# ``put`` is put_first or put_last, depending on whether the reader of the file obeys the first or the last entry.
Block = collections.namedtuple("Block", "path put text")

# changes: file_changes.Change objects; memory: ``{path: {text, created, created_folder}}`` after them; warnings: text
Edits = collections.namedtuple("Edits", "changes memory warnings")


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
    """Return the file as it was without a managed block."""
    match = _BLOCK.search(data)
    if match is None:
        return data
    above, below = data[:match.start()], data[match.end():]
    # The newline that the line above was given goes too, unless lines were appended below the block since.
    return above[:-1] if match.group(1) and not below else above + below


def text_of(data):
    """Return the text of the managed block, or None where the file has none."""
    match = _BLOCK.search(data)
    return match.group(2).decode("utf-8", "replace") if match else None


def compute(blocks, memory):
    """Return the Edits after which exactly these blocks exist, in their files and in those of the memory."""
    wanted = {block.path: block for block in blocks}
    changes, remembered, warnings = [], {}, []
    for path in sorted(set(wanted) | set(memory)):
        file, known = file_changes.File(path), memory.get(path)
        warnings += _external_edits(file, known)
        origin = known or _origin(file)
        content = _after(file.content, wanted.get(path), origin["created"])
        changes.append(file.becoming(content, new_folder=origin["created_folder"]))
        if path in wanted:
            remembered[path] = dict(origin, text=wanted[path].text)
    return Edits(file_changes.needed(changes), remembered, warnings)


def _origin(file):
    """Return what of the file is created when it gets its first block."""
    data = file.content
    only_block = data is not None and text_of(data) is not None and not take_out(data)
    return {
        "created": data is None or only_block,
        "created_folder": not os.path.isdir(os.path.dirname(file.path)),
    }


def _after(before, block, created):
    if block is not None:
        return block.put(before or b"", block.text)
    if before is None:
        return None
    rest = take_out(before)
    return None if created and not rest else rest


def _external_edits(file, known):
    if known is None or text_of(file.content or b"") == known["text"]:
        return []
    return [f"The block of fleet.ports in {file.path} was modified or removed externally since the last run."]


def _framed(text, remark=""):
    return f"{BEGIN}{remark}\n{text}{END}\n".encode()
