# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root trees that hosts start from: made once by mmdebstrap, kept in the cache, never written to again."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .apt_sources import OS_RELEASE, codename, debian_sources
from .command import run

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fleet.ports" / "lab"

COMMON = (
    "systemd", "systemd-sysv", "dbus", "udev", "kmod", "procps", "netbase", "ca-certificates", "python3",
    "openssh-server", "iproute2", "iputils-ping", "socat", "tcpdump",
    "nftables", "rpcbind", "nfs-common", "libnfs-utils",
)  # fmt: skip

# Real peers for the flows: what boots a client, hands it files and runs commands on it.
PEERS = (
    "dnsmasq-base", "dhcp-helper", "tftpd-hpa", "tftp-hpa", "rsh-redone-server", "rsh-client",
)  # fmt: skip

TREES = {
    "plain": (*COMMON, *PEERS),
    "firewalld": (*COMMON, *PEERS, "firewalld"),
    "aix": tuple(package for package in COMMON if package not in ("nftables", "rpcbind", "nfs-common", "libnfs-utils")),
    "nfs-server": (*COMMON, "nfs-kernel-server", "linux-image-cloud-amd64", "initramfs-tools"),
}

# What no test looks at (an emulated machine boots twice as fast without it), and the peers, until a test starts them.
NEEDLESS_UNITS = (
    "getty.target", "console-getty.service", "apt-daily.timer", "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "dev-hugepages.mount", "dev-mqueue.mount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount",
    "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "proc-sys-fs-binfmt_misc.automount", "systemd-binfmt.service",
    "systemd-random-seed.service", "systemd-update-utmp.service", "nfs-blkmap.service",
    "dhcp-helper.service", "tftpd-hpa.service", "inetd.service", "openbsd-inetd.service",
    *(f"modprobe@{module}.service" for module in ("configfs", "dm_mod", "drm", "efi_pstore", "fuse", "loop")),
)  # fmt: skip

CUSTOMIZE = (
    'chroot "$1" systemctl mask ' + " ".join(NEEDLESS_UNITS),
    'rm -f "$1"/etc/nologin "$1"/etc/resolv.conf "$1"/etc/hostname',
)


def tree(name: str) -> Path:
    """The folder of a root tree, made if the cache has none for this recipe."""
    release = codename(OS_RELEASE.read_text())
    folder = CACHE / f"{name}-{_recipe(release, name)}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(release, name, folder)
    return folder


def _recipe(release: str, name: str) -> str:
    return hashlib.sha256(repr((release, TREES[name], CUSTOMIZE)).encode()).hexdigest()[:12]


def _make(release: str, name: str, folder: Path) -> None:
    for stale in CACHE.glob(f"{name}-????????????"):
        if str(stale) not in Path("/proc/mounts").read_text():  # else a lab that is up stands on it
            shutil.rmtree(stale)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as making:
        sources = Path(making) / "debian.sources"
        sources.write_text(debian_sources(release))
        root = Path(making) / "root"
        run([
            "mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(TREES[name])}",
            *(f"--aptopt={option}" for option in _apt_options()),
            *(f"--customize-hook={line}" for line in CUSTOMIZE),
            release, root, sources,
        ])  # fmt: skip
        root.rename(folder)


def _apt_options() -> list[str]:
    """How this machine's apt reaches its mirrors (a proxy, a snapshot's date), which mmdebstrap doesn't take over."""
    kept = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
    return [line for line in run(["apt-config", "dump"]).splitlines() if line.startswith(kept) and '""' not in line]
