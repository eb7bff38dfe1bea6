# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turns the root tree of a lab host into a simulated AIX host: the programs, the state, and a Python that says AIX.

The Python is the host's own under another name, /opt/freeware/bin/python3, where AIX Toolbox puts it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .host import PROGRAMS, Host

HERE = Path(__file__).parent
SIMULATOR = Path("opt/aix-simulator")
TOOLBOX = Path("opt/freeware")

IN_USR_BIN = ("lssrc", "startsrc", "stopsrc", "refresh", "rpcinfo", "oslevel", "lslpp", "getconf", "at")  # [C]

ENTRY = """\
#!/usr/bin/python3 -I
import sys

sys.path.insert(0, "/opt/aix-simulator")

from aix.entry import main

sys.exit(main())
"""

CRON = """\
[Unit]
Description=What at is told, as AIX's cron does it

[Service]
ExecStart=/usr/sbin/aix-simulator cron
"""

# What AIX brings and Debian doesn't.
SERVICES = """\
nim\t\t1058/tcp
nimreg\t\t1059/tcp
nimsh\t\t3901/tcp
nimsh\t\t3901/udp
nimaux\t\t3902/tcp
nimaux\t\t3902/udp
"""

INETD = """\
#ftp\tstream\ttcp6\tnowait\troot\t/usr/sbin/ftpd\tftpd
shell\tstream\ttcp6\tnowait\troot\t/usr/sbin/rshd\trshd
#login\tstream\ttcp6\tnowait\troot\t/usr/sbin/rlogind\trlogind
"""


def install(root: Path, role: str, nim: dict[str, dict[str, str]]) -> None:
    """Install everything into a root tree that no host runs from yet."""
    _install_programs(root)
    if role != "master":  # lsnim comes with the fileset of the master
        (root / "usr/sbin/lsnim").unlink()
    _install_python(root)
    _install_cron(root)
    with (root / "etc/services").open("a") as services:
        services.write(SERVICES)
    (root / "etc/inetd.conf").write_text(INETD)
    Host.install(root / "var/lib/aix-simulator", role=role, nim=nim if role == "master" else {})


def _install_programs(root: Path) -> None:
    shutil.copytree(HERE, root / SIMULATOR / "aix", ignore=shutil.ignore_patterns("__pycache__"))
    entry = root / SIMULATOR / "entry"
    entry.write_text(ENTRY)
    entry.chmod(0o755)
    for name in (*PROGRAMS, "aix-simulator"):
        folder = "usr/bin" if name in IN_USR_BIN else "usr/sbin"
        (root / folder / name).unlink(missing_ok=True)
        (root / folder / name).symlink_to(Path("/") / SIMULATOR / "entry")


def _install_cron(root: Path) -> None:
    unit = root / "etc/systemd/system/aix-cron.service"
    unit.write_text(CRON)
    wants = unit.parent / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / unit.name).symlink_to(Path("..") / unit.name)


def _install_python(root: Path) -> None:
    """Make a virtual environment by hand, so that no program has to run in the tree."""
    (version,) = [folder.name for folder in (root / "usr/lib").glob("python3.[0-9]*")]
    site = root / TOOLBOX / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    (site / "disguise.pth").write_text("import disguise\n")
    shutil.copy(HERE / "disguise.py", site)
    (root / TOOLBOX / "bin").mkdir()
    (root / TOOLBOX / "bin/python3").symlink_to("/usr/bin/python3")
    (root / TOOLBOX / "pyvenv.cfg").write_text("home = /usr/bin\n")
