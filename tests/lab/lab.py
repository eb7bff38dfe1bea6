# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole lab: its hosts, its networks and its controller, brought up, rebooted and taken down together."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .capacity import raise_limit, restore_limit
from .command import LabError, tail, wait_for
from .container import Container
from .controller import Controller
from .fleet import HOSTS, Host, host
from .machine import Machine
from .network import Wiring
from .root_tree import CACHE

STATE = Path("/run/fleet.ports-lab")
FORMER_LIMIT = STATE / "former-limit"

# Hosts that boot at a time; more of them only wait for each other.
AT_ONCE = 8


class Lab:
    """One lab of a name; labs of other names may run beside it and never meet it."""

    def __init__(self, name: str = "lab", fleet: Sequence[Host] = HOSTS) -> None:
        if os.geteuid() != 0:
            raise LabError("the lab makes network namespaces and boots hosts: run it as root.")
        self.name = name
        self._fleet = fleet
        self.state = STATE / name
        self.wiring = Wiring(f"fleet-{name}", fleet)
        self.controller = Controller(self.wiring, self.state, fleet)

    def hosts(self) -> list[Host]:
        """The hosts that were brought up."""
        return [each for each in self._fleet if (self.state / each.name).exists()]

    def up(self, names: Sequence[str] = ()) -> None:
        """Bring up these hosts, or all, and wait until each one answers; those that are up stay as they are."""
        self.state.mkdir(parents=True, exist_ok=True)
        raise_limit(FORMER_LIMIT)
        self.wiring.up()
        self.controller.up()
        self._together(self._bring_up, [host(name, self._fleet) for name in names] or self._fleet)

    def down(self) -> None:
        """Take everything down and leave nothing behind but the cache."""
        for each in self.hosts():
            self.controller.forget(each)
        self._together(self._take_down, self.hosts())
        self.wiring.down()
        for folder in (self.state, CACHE / "running" / self.name):
            shutil.rmtree(folder, ignore_errors=True)
        if STATE.exists() and not any(each.is_dir() for each in STATE.iterdir()):
            restore_limit(FORMER_LIMIT)
            STATE.rmdir()

    def reboot(self, *names: str) -> None:
        """Switch hosts off and on again, and wait until they answer."""
        self._together(self._reboot, [self._up_host(name) for name in names])

    def renew(self, *names: str) -> None:
        """Make hosts anew, as they were when the lab came up."""
        self._together(self._renew, [self._up_host(name) for name in names])

    def run(self, name: str, command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a shell command on a host, as root, over ssh."""
        return self.controller.ssh(self._up_host(name), command, stdin)

    def cpu_seconds(self) -> float:
        """The CPU time that all processes of the hosts in containers have used."""
        boxes = (self._boxed(each) for each in self.hosts() if not each.is_machine)
        return sum(box.cpu_seconds() for box in boxes)

    def disk(self, name: str) -> Path:
        """The root folder of a host in a container, to look into it whether or not it answers."""
        return self._boxed(self._up_host(name)).disk.root

    def answers(self, each: Host) -> bool:
        """Whether a host has booted all its services; one that is just about to is waited for."""
        state = self.controller.ssh(each, "timeout 60 systemctl is-system-running --wait").stdout.strip()
        return state in ("running", "degraded")

    def _up_host(self, name: str) -> Host:
        found = host(name, self._fleet)
        if found not in self.hosts():
            raise LabError(f"{name} is not up: `python3 -m tests.lab --name {self.name} up {name}` brings it up.")
        return found

    def _bring_up(self, each: Host) -> None:
        box = self._boxed(each)
        if each not in self.hosts():
            try:
                box.create(self.controller.public_key)
            except Exception:
                box.destroy()
                raise
            (self.state / each.name).mkdir()
        if box.process.pid() is None:
            self._reboot(each)

    def _reboot(self, each: Host) -> None:
        self.controller.forget(each)
        self._boxed(each).stop()
        self._start(each)

    def _renew(self, each: Host) -> None:
        self.controller.forget(each)
        self._take_down(each)
        self._bring_up(each)

    def _start(self, each: Host) -> None:
        box = self._boxed(each)
        box.start()
        wait_for(f"{each.name} boots", lambda: self._has_booted(each, box), box.boot_seconds, box.process.log)

    def _has_booted(self, each: Host, box: Container | Machine) -> bool:
        if box.process.pid() is None:
            raise LabError(f"{each.name} switched itself off{tail(box.process.log)}")
        return self.answers(each)

    def _take_down(self, each: Host) -> None:
        self._boxed(each).destroy()
        shutil.rmtree(self.state / each.name)

    def _boxed(self, each: Host) -> Container | Machine:
        kind = Machine if each.is_machine else Container
        disk = CACHE / "running" / self.name / each.name
        return kind(each, self.wiring, self.state / each.name, disk)

    @staticmethod
    def _together(work, hosts: Sequence[Host]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, hosts))
