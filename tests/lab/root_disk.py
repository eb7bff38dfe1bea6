# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one host has on its disk: an overlay on the shared root tree, with the host's own files laid over it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .aix import installation
from .command import run
from .fleet import Host
from .nim_objects import nim_objects
from .root_tree import tree

SPECIFIC_FILES = Path(__file__).parent / "hosts"


class RootDisk:
    """The mounted root of one host; what it writes goes to `folder` and never to the tree."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host = host
        self.folder = folder
        self.root = folder / "root"

    def create(self, public_key: Path) -> None:
        """Mount it and make it this host's."""
        upper, work = self.folder / "upper", self.folder / "work"
        for each in (self.root, upper, work):
            each.mkdir(parents=True)
        layers = f"lowerdir={tree(self.host.tree)},upperdir={upper},workdir={work}"
        run(["mount", "-t", "overlay", "-o", layers, "overlay", self.root])
        (self.root / "etc/hostname").write_text(f"{self.host.name}\n")
        (self.root / "root/.ssh").mkdir(mode=0o700, exist_ok=True)
        shutil.copy(public_key, self.root / "root/.ssh/authorized_keys")
        specific = SPECIFIC_FILES / (self.host.files or self.host.name)
        if specific.exists():
            shutil.copytree(specific, self.root, dirs_exist_ok=True)
        if self.host.aix_role:
            installation.install(self.root, self.host.aix_role, nim_objects())
        for line in self.host.setup:
            run(["chroot", self.root, "sh", "-ec", line])

    def remove(self) -> None:
        """Leave nothing of it."""
        if os.path.ismount(self.root):
            run(["umount", self.root])
        shutil.rmtree(self.folder, ignore_errors=True)
