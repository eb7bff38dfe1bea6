# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files as they were before a change, noted as plain data, and put back.

Whoever else has written into one of them since keeps what he wrote: it is neither what stood there before nor what the
change made of it, and his to undo.
"""

import base64
import hashlib
import os
import stat

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file


def noted(files):
    """Return the notes of files that are to change; each has ``path``, ``before`` and ``after``, None for no file."""
    return [
        {
            "path": file.path,
            "before": None if file.before is None else base64.b64encode(file.before).decode("ascii"),
            "mode": None if file.before is None else stat.S_IMODE(os.stat(file.path).st_mode),
            "after": _digest(file.after),
        }
        for file in files
    ]


def put_back(notes):
    """Make the files what they were; return the paths of those that somebody else has changed, which stay."""
    others = []
    for note in reversed(notes):
        path, now = note["path"], atomic_file.read(note["path"])
        before = None if note["before"] is None else base64.b64decode(note["before"])
        if now == before:
            continue
        if _digest(now) != note["after"]:
            others.append(path)
        elif before is None:
            atomic_file.remove(path)
        else:
            atomic_file.write(path, before, mode=note["mode"])
    return others


def _digest(content):
    return None if content is None else hashlib.sha256(content).hexdigest()
