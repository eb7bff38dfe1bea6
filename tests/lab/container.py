# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host in a container: systemd boots on the host's root disk, in the host's own network namespace."""

from __future__ import annotations

import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from .command import LabError, run
from .fleet import Host
from .network import Wiring
from .process import Process
from .root_disk import RootDisk

# The hierarchies that a systemd inside may use; the machine may have cgroup v1, v2 or both.
CGROUPS = [path for path in map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"))
           if (path / "cgroup.procs").exists()]  # fmt: skip

# Each host needs a cgroup of its own: two systemds in one would take each other's processes for theirs.
ENTER_CGROUPS = """
name=$1; shift
while [ "$1" != -- ]; do echo $$ > "$1/$name/cgroup.procs"; shift; done; shift
exec "$@"
"""


class Container:
    """One host that systemd-nspawn boots."""

    boot_seconds = 120

    def __init__(self, host: Host, wiring: Wiring, state: Path, disk: Path) -> None:
        self.host = host
        self.wiring = wiring
        self.name = f"{wiring.prefix}-{host.name}"
        self.disk = RootDisk(host, disk)
        self.process = Process(state / "pid", state / "console.log")

    def create(self, public_key: Path) -> None:
        """Make its disk; no container may mount what RPCSEC_GSS wants, and a failed unit would look like a fault."""
        self.disk.create(public_key)
        run(["chroot", self.disk.root, "systemctl", "mask", "run-rpc_pipefs.mount", "rpc_pipefs.target"])

    def cpu_seconds(self) -> float:
        """The CPU time that its processes have used; only cgroup v2 knows it without a controller."""
        files = (hierarchy / self.name / "cpu.stat" for hierarchy in CGROUPS)
        file = next((file for file in files if file.exists()), None)
        if file is None:
            raise LabError(f"no cgroup v2 hierarchy counts the CPU time of {self.name}.")
        return int(file.read_text(encoding="ascii").split()[1]) / 1e6

    def destroy(self) -> None:
        """Switch it off and leave nothing of it."""
        self.stop()
        self.disk.remove()
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
            "systemd-nspawn", "--quiet", "--boot", f"--directory={self.disk.root}", f"--machine={self.name}",
            f"--hostname={self.host.name}", f"--uuid={uuid.uuid5(uuid.NAMESPACE_DNS, self.name)}",
            f"--network-namespace-path={self.wiring.path(self.host.name)}", "--capability=all", "--register=no",
            "--keep-unit", "--console=read-only", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
        ])  # fmt: skip

    def stop(self) -> None:
        """Switch it off in an orderly way (nspawn passes the signal on as a halt) and unplug it."""
        self.process.stop(signal.SIGTERM, seconds=20)
        self.wiring.unplug(self.host)
        for hierarchy in CGROUPS:
            subprocess.run(["find", hierarchy / self.name, "-depth", "-type", "d", "-delete"],
                           stderr=subprocess.DEVNULL, check=False)  # fmt: skip
