# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewalld itself, in a world: it and its message bus run in a root tree of the lab, on the world's network.

Its files in /etc are the world's, so that the module writes what firewalld reads.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .isolation import SCRATCH, lay_over, share

_ROOT = SCRATCH / "firewalld"
_CONFIG, _VENDORS, _BUS = Path("/etc/firewalld"), Path("/usr/lib/firewalld"), Path("/run/dbus")
_PATIENCE = 60.0


class Firewalld:
    """The service, in its root tree."""

    def __init__(self, tree: Path) -> None:
        lay_over(tree, _ROOT, SCRATCH / "over-firewalld")
        lay_over(_VENDORS.parent, _VENDORS.parent, SCRATCH / "over-lib")
        shutil.copytree(_ROOT / "etc/firewalld", _CONFIG, dirs_exist_ok=True)
        for path in (_VENDORS, _BUS, _ROOT / "run/dbus"):
            path.mkdir(parents=True, exist_ok=True)
        share(_CONFIG, _ROOT / "etc/firewalld")
        share(_ROOT / "usr/lib/firewalld", _VENDORS)
        share(_ROOT / "run/dbus", _BUS)
        for folder in ("/proc", "/sys", "/dev"):
            share(Path(folder), _ROOT / folder[1:])
        self._running: list[subprocess.Popen] = []

    def command(self, command: Sequence[str]) -> list[str]:
        """The command that runs another one where firewalld is installed."""
        return ["chroot", str(_ROOT), *command]

    def start(self) -> None:
        """Start the bus and firewalld, and wait until it filters."""
        (_ROOT / "run/dbus/system_bus_socket").unlink(missing_ok=True)
        for command in (["dbus-daemon", "--system", "--nofork", "--nopidfile"], ["firewalld", "--nofork", "--nopid"]):
            self._running.append(subprocess.Popen(self.command(command), stdout=subprocess.DEVNULL,
                                                  stderr=subprocess.DEVNULL))
            self._wait_for_bus()
        deadline = time.monotonic() + _PATIENCE
        while subprocess.run(self.command(["firewall-cmd", "--state"]), capture_output=True, check=False).returncode:
            if time.monotonic() > deadline:
                raise OSError("firewalld does not run")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop both, as at the end of a boot."""
        for process in reversed(self._running):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
        self._running.clear()

    def _wait_for_bus(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not (_BUS / "system_bus_socket").exists():
            if time.monotonic() > deadline:
                raise OSError("there is no message bus")
            time.sleep(0.02)
