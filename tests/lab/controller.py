# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's seat: ssh and Ansible, run in a namespace that has a foot in each of the lab's networks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .command import LabError, run
from .fleet import Host
from .network import CONTROL, Wiring

LAB = Path(__file__).parent
REPOSITORY = LAB.parent.parent
INVENTORY = LAB / "inventory.yml"

SSH_CONFIG = """\
{aliases}
Host *
  User root
  IdentityFile {key}
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ConnectTimeout 5
  ControlMaster auto
  ControlPath {sockets}/%C
  ControlPersist 60
"""

ANSIBLE_CONFIG = """\
[defaults]
inventory = {inventory}
callback_plugins = {callbacks}
callbacks_enabled = lab_record
interpreter_python = /usr/bin/python3
remote_user = root
forks = 10
host_key_checking = False
retry_files_enabled = False

[ssh_connection]
pipelining = True
ssh_args = -F {ssh_config}
"""


class Controller:
    """What an operator's machine has: a key, settings, the collection, and a way to run things on the hosts."""

    def __init__(self, wiring: Wiring, state: Path, hosts: Sequence[Host]) -> None:
        self.wiring = wiring
        self.state = state
        self._hosts = hosts
        self.key = state / "key"
        self.public_key = state / "key.pub"
        self.ssh_config = state / "ssh_config"

    def up(self) -> None:
        """Make the key and the settings."""
        if self.ssh_config.exists():
            return
        sockets = self.state / "ssh"
        sockets.mkdir()
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fleet.ports lab", "-f", self.key])
        collection = self.state / "ansible_collections" / "fleet" / "ports"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(REPOSITORY)
        settings = {"inventory": INVENTORY, "callbacks": LAB / "callback_plugins", "ssh_config": self.ssh_config}
        (self.state / "ansible.cfg").write_text(ANSIBLE_CONFIG.format(**settings))
        aliases = "".join(f"Host {host.name}\n  HostName {host.address}\n" for host in self._hosts)
        self.ssh_config.write_text(SSH_CONFIG.format(aliases=aliases, key=self.key, sockets=sockets))

    def ssh(self, host: Host, command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a shell command on a host."""
        argv = ["ssh", "-F", self.ssh_config, host.name, command]
        return subprocess.run(
            self.wiring.inside(CONTROL, argv), input=stdin or "", capture_output=True, text=True, check=False
        )

    def forget(self, host: Host) -> None:
        """Close the connection that is kept open to a host, for it won't be there after a reboot."""
        subprocess.run(["ssh", "-F", self.ssh_config, "-O", "exit", host.name], capture_output=True, check=False)

    def ansible(self, argv: Sequence[str | Path]) -> tuple[list[str | Path], dict[str, str]]:
        """The command line and the environment that run a program of Ansible's from here."""
        if not self.ssh_config.exists():
            raise LabError("no lab is up: `python3 -m tests.lab up` brings it up.")
        program, *arguments = argv
        beside_python = Path(sys.executable).parent / program
        found = beside_python if beside_python.exists() else shutil.which(program)
        if not found:
            raise LabError(f"{program} is neither beside {sys.executable} nor on PATH: install ansible-core.")
        settings = {"ANSIBLE_CONFIG": str(self.state / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(self.state)}
        return self.wiring.inside(CONTROL, [found, *arguments]), os.environ | settings
