# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unsafe values of an inventory and texts from hosts are never evaluated as templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from .attempts import count

# A template that reveals its evaluation.
TRAP = "{{{{ lookup('pipe', 'touch {mark}') }}}}"

INVENTORY = """
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: {python}
  children:
    nim_masters: {{hosts: {{m: {{ansible_host: 192.0.2.1}}}}}}
    nim_clients:
      hosts:
        c:
          ansible_host: 198.51.100.1
          {variable}: !unsafe {trap}
"""

PLAYBOOK = """
- hosts: {asking}
  gather_facts: false
  tasks:
    - command: {{argv: [cat, {said}]}}
      register: said
    - fleet.ports.port_matrix:
        topology: "{{{{ (said.stdout | from_json) if {topology} else omit }}}}"
      register: matrix
      ignore_errors: true
    - debug:
        msg: "{{{{ matrix }}}}"
    - set_fact:
        again: "{{{{ matrix.plan | default(matrix.msg | default('')) }}}}"
    - debug:
        msg: "{{{{ again }}}}"
    - fleet.ports.port_matrix:
        hosts: [m, c]
        report_dir: {reports}
        topology: "{{{{ (said.stdout | from_json) if {topology} else omit }}}}"
      ignore_errors: true
      run_once: true
"""


def _play(folder: Path, asking: str, variable: str, with_topology: bool) -> str:
    """Run the playbook; return the output of Ansible."""
    trap = TRAP.format(mark=folder / "sprung")
    machine = {"roles": ["nim_client"], "hostnames": [trap], "variables": {
        "fleet_ports_addresses": ["198.51.100.7"], "nim_domain": trap, trap: trap}}  # fmt: skip
    (folder / "said").write_text(json.dumps({trap: machine, "master": {"roles": ["nim_master"], "hostnames": ["m"]}}))
    (folder / "inventory.yml").write_text(
        INVENTORY.format(python=sys.executable, variable=variable, trap=json.dumps(trap))
    )
    (folder / "play.yml").write_text(
        PLAYBOOK.format(asking=asking, said=folder / "said", reports=folder / "reports", topology=with_topology)
    )
    program = Path(sys.executable).with_name("ansible-playbook")
    environ = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_HOME": str(folder / "home")}
    command = [program, "-i", folder / "inventory.yml", folder / "play.yml"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environ}, check=False)
    count.inputs += 1
    return done.stdout + done.stderr


def test_unsafe_values_of_the_host_itself(tmp_path: Path) -> None:
    said = _play(tmp_path, "c", "nim_domain", with_topology=False)
    assert "Traceback" not in said and "lookup('pipe'" in said, said
    assert not (tmp_path / "sprung").exists()


def test_unsafe_values_of_another_host(tmp_path: Path) -> None:
    said = _play(tmp_path, "m", "nim_domain", with_topology=False)
    assert "Traceback" not in said and "lookup('pipe'" in said, said
    assert not (tmp_path / "sprung").exists()


def test_what_a_host_says_of_a_fleet(tmp_path: Path) -> None:
    said = _play(tmp_path, "m", "nim_interfaces", with_topology=True)
    assert "Traceback" not in said and "lookup('pipe'" in said, said
    assert not (tmp_path / "sprung").exists()
