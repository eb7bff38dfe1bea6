# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host in a container: systemd boots in an overlay of its root tree, in its own network namespace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from .command import run
from .fleet import Host
from .network import Wiring
from .process import Process
from .root_tree import tree

SPECIFIC_FILES = Path(__file__).parent / "hosts"

# The hierarchies that a systemd inside may use, on a machine with cgroup v1, hybrid or v2, whether systemd runs it or not.
CGROUPS = [path for path in map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"))
           if (path / "cgroup.procs").exists()]  # fmt: skip

# Each host needs a cgroup of its own: two systemds in one would take each other's processes for theirs.
ENTER_CGROUPS = 'name=$1; shift; while [ "$1" != -- ]; do echo $$ > "$1/$name/cgroup.procs"; shift; done; shift; exec "$@"'


class Container:
    """One host that systemd-nspawn boots."""

    def __init__(self, host: Host, wiring: Wiring, state: Path, disk: Path, public_key: Path) -> None:
        self.host = host
        self.wiring = wiring
        self.name = f"{wiring.prefix}-{host.name}"
        self.root = state / "root"
        self.disk = disk
        self.public_key = public_key
        self.process = Process(state / "pid", state / "console.log")

    def create(self) -> None:
        """Lay the host's own files over its root tree."""
        lower = tree(self.host.tree)
        for folder in (self.root, self.disk / "upper", self.disk / "work"):
            folder.mkdir(parents=True)
        layers = f"lowerdir={lower},upperdir={self.disk / 'upper'},workdir={self.disk / 'work'}"
        run(["mount", "-t", "overlay", "-o", layers, "overlay", self.root])
        (self.root / "etc/hostname").write_text(f"{self.host.name}\n")
        if (SPECIFIC_FILES / self.host.name).exists():
            shutil.copytree(SPECIFIC_FILES / self.host.name, self.root, dirs_exist_ok=True)
        for line in self.host.setup:
            run(["chroot", self.root, "sh", "-ec", line])

    def destroy(self) -> None:
        """Leave nothing of it."""
        if os.path.ismount(self.root):
            run(["umount", self.root])
        shutil.rmtree(self.disk, ignore_errors=True)
        for folder in ("propagate", "unix-export"):
            shutil.rmtree(f"/run/systemd/nspawn/{folder}/{self.name}", ignore_errors=True)

    def start(self) -> None:
        """Plug it in and switch it on."""
        self.wiring.plug(self.host)
        for hierarchy in CGROUPS:
            (hierarchy / self.name).mkdir(exist_ok=True)
        self.process.start([
            "sh", "-c", ENTER_CGROUPS, "sh", self.name, *CGROUPS, "--",
            "env", "SYSTEMD_NSPAWN_API_VFS_WRITABLE=network",  # a host may set the sysctls of its own network
            "systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}", f"--machine={self.name}",
            f"--hostname={self.host.name}", f"--uuid={uuid.uuid5(uuid.NAMESPACE_DNS, self.name)}",
            f"--network-namespace-path={self.wiring.path(self.host.name)}", "--capability=all", "--register=no",
            "--keep-unit", "--console=read-only", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
            f"--load-credential=ssh.authorized_keys.root:{self.public_key}",
        ])  # fmt: skip

    def stop(self) -> None:
        """Switch it off in an orderly way and unplug it."""
        self.process.stop(signal.SIGTERM, seconds=20)
        self.wiring.unplug(self.host)
        for hierarchy in CGROUPS:
            subprocess.run(["find", hierarchy / self.name, "-depth", "-type", "d", "-delete"],
                           stderr=subprocess.DEVNULL, check=False)
