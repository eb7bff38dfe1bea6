# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated host, and the files and the process of a resident holder."""

import os
import socket
import subprocess
import sys

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    bindresvport,
    concern,
    holder,
    holder_files,
    holder_state,
    obstacles,
)
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import table
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    atomic_file,
    concern_module,
    host as any_host,
    interpreter,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule
from ansible_collections.fleet.ports.tests.unit.fakes.files import content

DEFAULTS = dict(addresses=[], interface=None, restart_conflicting_daemons=True, holds=[], state="present")


class Daemons:
    """The services of the host's RPC daemons."""

    def __init__(self, log):
        self.log = log
        self.failure = None

    def service(self, owner):
        return owner.unit if owner.program == "rpc.statd" else None

    def clarified(self, owner):
        return owner

    def with_dependents(self, services):
        return services

    def stop(self, services):
        self.log.append("stop " + " ".join(services))

    def start(self, services):
        if self.failure:
            raise HostError(self.failure)
        self.log.append("start " + " ".join(services))


class HoldingHost:
    """A simulated host: its files, its service manager, its ports and their owners."""

    def __init__(self, folder):
        self.folder = folder
        self.unit = os.path.join(folder, "unit")
        self.log = []
        self.running = False
        self.enabled = False
        self.held = ()
        self.obstacles = {}
        self.faster = {}
        self.blacklist = b"631 # cups\n"
        self.failures = 0
        self.orders = []
        self.starts_at_boot = True
        self.daemons = Daemons(self.log)

    # The service manager

    def files(self, command):
        return {self.unit: (command.encode(), 0o644)}

    def state(self):
        return holder_state.State(1, self.held, self.enabled) if self.running else holder_state.STOPPED

    def bring_up(self, running, renewed):
        self.log.append("bring up")
        self.orders.append((running, renewed))
        if self.failures:
            self.failures -= 1
            raise HostError("'systemctl restart' failed: no.")
        self.obstacles.update(self.faster)
        wanted = [hold for hold in holder.parse(atomic_file.read(holder.LIST).decode()) if holder.is_supported(hold)]
        self.held = tuple(hold for hold in wanted if hold.port not in self.obstacles or self.log[0].startswith("stop"))
        self.running, self.enabled = True, self.starts_at_boot

    def take_down(self):
        self.log.append("take down")
        self.running = self.enabled = False
        self.held = ()

    def forget(self):
        self.log.append("forget")

    # The kernel

    def find(self, holds, state):
        return [
            obstacles.Obstacle(hold, owner)
            for hold in holds
            for owner in self.obstacles.get(hold.port, [])
            if hold not in self.held
        ]

    # The run

    def run(self, *ports, **params):
        del self.log[:]
        params.setdefault("holds", [dict(port=port, protocol="udp") for port in ports])
        self.module = FakeModule(**dict(DEFAULTS, **params))
        return concern_module.outcome(self.module, concern, any_host.Host())

    def everything(self):
        return content(self.folder)


@pytest.fixture
def host(tmp_path, record_folder, monkeypatch):
    """A host on which nothing is held."""
    host = HoldingHost(str(tmp_path))
    etc = os.path.join(host.folder, "etc")
    monkeypatch.setattr(holder_files, "FOLDER", etc)
    monkeypatch.setattr(holder_files, "PROGRAM", os.path.join(etc, "holder.py"))
    monkeypatch.setattr(holder, "LIST", os.path.join(etc, "holds"))
    monkeypatch.setattr(bindresvport, "PATH", os.path.join(host.folder, "blacklist"))
    monkeypatch.setattr(table, "find", lambda run: host)
    monkeypatch.setattr(interpreter, "choose", lambda run, imports, approved: "/usr/bin/python3")
    monkeypatch.setattr(obstacles, "find", host.find)
    monkeypatch.setattr(holder, "is_supported", lambda hold: hold.family == socket.AF_INET)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with open(bindresvport.PATH, "wb") as file:
        file.write(host.blacklist)
    return host


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """The folder of the holder's note (``HELD``) and of its process number (``PID``); it is empty."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("HELD", "PID"):
        monkeypatch.setattr(holder, name, str(folder / name))
    return folder


@pytest.fixture
def resident(run_folder):
    """A process that looks like a resident holder."""
    process = subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(60)", "--resident"],
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    (run_folder / "PID").write_text(f"{process.pid}\n")
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
