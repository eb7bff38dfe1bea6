# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one limit of the machine that labs outgrow: each host takes about ten of root's inotify instances.

Where they are used up, units fail at random. The limit is raised while there is a lab, and then put back.
"""

from __future__ import annotations

from pathlib import Path

LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 1024


def raise_limit(memory: Path) -> None:
    """Raise the limit if it is low, and remember what it was."""
    former = LIMIT.read_text()
    if int(former) < ENOUGH:
        memory.write_text(former)
        LIMIT.write_text(str(ENOUGH))


def restore_limit(memory: Path) -> None:
    """Put the limit back to what it was."""
    if memory.exists():
        LIMIT.write_text(memory.read_text())
        memory.unlink()
