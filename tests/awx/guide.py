# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to AWX: its commands, and somebody who follows them with nothing but a clone of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .objects import PROJECT

REPOSITORY = PROJECT.parent
TEXT = (REPOSITORY / "docs" / "awx.md").read_text()

# The paragraph above a block of commands, and the commands.
_BLOCKS = re.findall(r"([^\n]+(?:\n[^\n]+)*)\n\n```sh\n(.*?)```", TEXT, re.S)
RUN = [commands for above, commands in _BLOCKS if "ot run by the tests" not in above]
NOT_RUN = [commands for above, commands in _BLOCKS if "ot run by the tests" in above]

# What the guide leaves to an editor.
_OWN_SETTINGS = "sed -i 's/example[.]org/example.net/' objects/settings.yml\n"


class Follower:
    """Somebody with a home, a clone, a key and the address of an AWX."""

    def __init__(self, home: Path, address: str) -> None:
        self._clone = home / "clone"
        self._environment = {
            "HOME": str(home),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_PIPELINING": "True",
            "CONTROLLER_HOST": address,
            "CONTROLLER_OAUTH_TOKEN": "a token",
            **{f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        for name in filter(None, _listed().split("\0")):
            (self._clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, self._clone / name)
        (home / ".ssh").mkdir()
        (home / ".ssh" / "id_ed25519").write_text("a key\n")

    def follow(self) -> subprocess.CompletedProcess[str]:
        """Run all commands, in their order."""
        return self.run("\n".join([RUN[0], _OWN_SETTINGS, *RUN[1:]]))

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script, from the clone; it ends at the first command that fails."""
        return subprocess.run(
            ["bash", "-euc", script], cwd=self._clone, env=self._environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip


def _listed() -> str:
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    return os.fsdecode(subprocess.run(words, cwd=REPOSITORY, check=True, capture_output=True).stdout)
