# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guides, as their readers follow them: with a clone, and the commands that stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

# The paragraph above a block of commands, and the commands.
_BLOCKS = re.compile(r"([^\n]+(?:\n[^\n]+)*)\n\n```sh\n(.*?)```", re.DOTALL)
_NOT_RUN = re.compile(r"[Nn]ot\s+run\s+by\s+the\s+tests")


class Guide:
    """A document's text, the blocks of commands that tests run, and those of which it says that they don't."""

    def __init__(self, path: str) -> None:
        self.text = (REPOSITORY / path).read_text(encoding="utf-8")
        blocks = _BLOCKS.findall(self.text)
        self.run = [commands for above, commands in blocks if not _NOT_RUN.search(above)]
        self.not_run = [commands for above, commands in blocks if _NOT_RUN.search(above)]


def files() -> list[str]:
    """List the repository's files, those that are not committed yet among them."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = os.fsdecode(subprocess.run(words, cwd=REPOSITORY, check=True, capture_output=True).stdout)
    return [name for name in listed.split("\0") if name and (REPOSITORY / name).exists()]


def clone(folder: Path) -> None:
    """Copy the repository, without its history."""
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)


def follow(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script; it ends at the first command that fails."""
    return subprocess.run(
        ["bash", "-euc", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
