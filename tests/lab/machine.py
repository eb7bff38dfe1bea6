# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host in a virtual machine, for what only a kernel of its own shows: the NFS server and its lock manager."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

from .command import run, wait_for
from .fleet import Host
from .network import SWITCH, Wiring
from .process import Process
from .root_disk import RootDisk

DISK_SIZE = "1500M"
MEMORY = "512"
KERNEL_ARGUMENTS = "root=/dev/vda rw console=ttyS0 net.ifnames=0 panic=-1 quiet mitigations=off"


class Machine:
    """One host that qemu boots, with Debian's own kernel, from a disk made of its root tree."""

    boot_seconds = 240

    def __init__(self, host: Host, wiring: Wiring, state: Path, disk: Path) -> None:
        self.host = host
        self.wiring = wiring
        self.disk = disk
        self.content = RootDisk(host, disk / "content")
        self.image = disk / "disk.ext4"
        self.power = state / "power.sock"
        self.process = Process(state / "pid", state / "console.log")

    def create(self, public_key: Path) -> None:
        """Make its disk, and keep the kernel and its initial RAM disk beside it."""
        self.disk.mkdir(parents=True)
        self.content.create(public_key)
        for name in ("vmlinuz", "initrd.img"):
            (found,) = (self.content.root / "boot").glob(f"{name}-*")
            run(["cp", found, self.disk / name])
        run(["mke2fs", "-q", "-t", "ext4", "-d", self.content.root, self.image, DISK_SIZE])
        self.content.remove()

    def destroy(self) -> None:
        """Cut its power and leave nothing of it."""
        self.process.stop(signal.SIGTERM, seconds=10)
        self.wiring.unplug_machine(self.host)
        self.content.remove()
        run(["rm", "-rf", self.disk])

    def start(self) -> None:
        """Plug it in and switch it on."""
        self.wiring.plug_machine(self.host)
        self.process.start(self.wiring.inside(SWITCH, [
            *_qemu(self.disk), "-append", KERNEL_ARGUMENTS, "-serial", "stdio",
            "-initrd", self.disk / "initrd.img", "-drive", f"file={self.image},if=virtio,format=raw,cache=unsafe",
            "-netdev", f"tap,id=cable,ifname={self.host.name},script=no,downscript=no",
            "-device", "virtio-net-pci,netdev=cable", "-device", "virtio-rng-pci",
            "-monitor", f"unix:{self.power},server=on,wait=off",
        ]))  # fmt: skip

    def stop(self) -> None:
        """Press its power button, wait until it is off, and unplug it."""
        if self.process.pid():
            with socket.socket(socket.AF_UNIX) as button:
                button.connect(str(self.power))
                button.sendall(b"system_powerdown\n")
                wait_for(f"{self.host.name} switches itself off", lambda: not self.process.pid(), 120, self.process.log)
        self.wiring.unplug_machine(self.host)


def _qemu(disk: Path) -> list[str | Path]:
    accelerated = ["-accel", "kvm", "-cpu", "host"]
    emulated = ["-accel", "tcg,thread=multi", "-cpu", "qemu64"]
    basic = ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-smp", "2", "-m", MEMORY,
             "-kernel", disk / "vmlinuz"]  # fmt: skip
    return [*basic, *(accelerated if _boots([*basic, *accelerated]) else emulated)]


def _boots(qemu: list[str | Path]) -> bool:
    """Whether a kernel runs at all (a /dev/kvm may be there and not work): without a disk it panics and qemu ends."""
    argv = [*qemu, "-no-reboot", "-append", "panic=-1"]
    try:
        return subprocess.run(argv, capture_output=True, timeout=5, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False
