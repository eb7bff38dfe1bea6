# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing the files of a task on the controller: only those that differ, readable for their owner only.

They list addresses and the ports that are open between them.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file

# Ansible shows no longer differences either.
_MAX_DIFF_BYTES = 104448


def write(files: Iterable[tuple[str, str]], check: bool, diff: bool) -> dict[str, object]:
    """Write each file (path, text) that differs, none in check mode; return this part of the task's result.

    ``files`` counts the files that are written, ``unchanged_files`` the others.
    """
    written, unchanged, differences, left = 0, 0, [], _MAX_DIFF_BYTES
    for path, text in files:
        before, after = private_file.read(path), text.encode()
        if before == after:
            unchanged += 1
            continue
        written += 1
        left -= len(before or b"") + len(after)
        if diff and left > 0:
            differences.append(_difference(path, before, text))
        if not check:
            private_file.write(path, after)
    return {"changed": written > 0, "files": written, "unchanged_files": unchanged, "diff": differences}


def _difference(path: str, before: bytes | None, after: str) -> dict[str, str]:
    return {
        "before_header": path,
        "before": (before or b"").decode("utf-8", "replace"),
        "after_header": path,
        "after": after,
    }
