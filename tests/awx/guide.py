# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to AWX: its commands, and a user who runs them with only a clone of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.guides import Guide, clone, follow

GUIDE = Guide("docs/awx.md")

# What the guide leaves to an editor.
_OWN_SETTINGS = "sed -i 's/example[.]org/example.net/' objects/settings.yml\n"


class Follower:
    """A user with a home folder, a clone, a key and the address of an AWX."""

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
        clone(self._clone)
        (home / ".ssh").mkdir()
        (home / ".ssh" / "id_ed25519").write_text("a key\n")

    def follow(self) -> subprocess.CompletedProcess[str]:
        """Run all commands in order."""
        return self.run("\n".join([GUIDE.run[0], _OWN_SETTINGS, *GUIDE.run[1:]]))

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script, from the clone; it ends at the first command that fails."""
        return follow(script, self._clone, self._environment)
