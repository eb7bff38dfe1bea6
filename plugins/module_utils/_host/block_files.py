# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that get a block of ours: what they become, and what they were.

A file that is missing is created, and goes again with its block unless somebody else wrote into it; so does its folder.
The memory (part of a record) says which files have a block of ours, what it says, and what of them we created.
"""

import collections
import contextlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_block

# ``put`` is _marked_block.put_first or put_last, as the reader of the file lets the first or the last word win.
Block = collections.namedtuple("Block", "path put text")

# Content before and after, None where there is no file.
Edit = collections.namedtuple("Edit", "path before after")

Edits = collections.namedtuple("Edits", "edits memory warnings")


def compute(blocks, memory):
    """Return what must change so that exactly these blocks are there, of those and of the remembered ones."""
    wanted = {block.path: block for block in blocks}
    edits, remembered, warnings = [], {}, []
    for path in sorted(set(wanted) | set(memory)):
        before = atomic_file.read(path)
        was = memory.get(path)
        warnings += _touched_by_others(path, before, was)
        origin = was or _origin(path, before)
        after = _after(before, wanted.get(path), origin["created"])
        if after != before:
            edits.append(Edit(path, before, after))
        if path in wanted:
            remembered[path] = dict(origin, text=wanted[path].text)
    return Edits(edits, remembered, warnings)


def apply(edits, memory):
    """Write the files; the memory says of each that is to be removed what was our creation."""
    for edit in edits:
        if edit.after is not None:
            atomic_file.write(edit.path, edit.after)
            continue
        atomic_file.remove(edit.path)
        if memory[edit.path]["created_folder"]:
            with contextlib.suppress(OSError):  # others put something into it
                os.rmdir(os.path.dirname(edit.path))


def undo(edits, memory):
    """Make the files what they were before; the memory says of each that was new what else was our creation."""
    reverse = [Edit(edit.path, edit.after, edit.before) for edit in reversed(edits)]
    apply([edit for edit in reverse if atomic_file.read(edit.path) != edit.after], memory)


def _origin(path, before):
    """Say what of the file is our creation, when its block is put in for the first time."""
    only_ours = before is not None and marked_block.text_of(before) is not None and not marked_block.take_out(before)
    return {
        "created": before is None or only_ours,
        "created_folder": not os.path.isdir(os.path.dirname(path)),
    }


def _after(before, block, created):
    if block is not None:
        return block.put(before or b"", block.text)
    if before is None:
        return None
    rest = marked_block.take_out(before)
    return None if created and not rest else rest


def _touched_by_others(path, before, was):
    if was is None or marked_block.text_of(before or b"") == was["text"]:
        return []
    return [f"Somebody has edited or removed the block of fleet.ports in {path} since the last run."]
