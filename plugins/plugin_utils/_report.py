# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing plans on the controller: all in one file, and as reports for people."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.module_utils import _atomic_file
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import Plan

VERSION = 1


def publish(plans: Mapping[str, Plan], dest: str | None, report_dir: str | None, check: bool, diff: bool) -> dict:
    """Write the files that differ, none in check mode; return what changed and where it is."""
    files = {}
    if dest:
        document = {"version": VERSION, "plans": plans}
        files[dest] = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    changed = [path for path, data in files.items() if _atomic_file.read(path) != data]
    if not check:
        for path in changed:
            _atomic_file.write(path, files[path], mode=0o600)
    return {"changed": bool(changed), "path": dest}
