# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of AWX that ``awx/objects`` describes, with every template in them filled in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2] / "awx"

Objects = Mapping[str, list[dict[str, Any]]]
"""Variable of infra.aap_configuration -> its objects."""


def load(**settings: object) -> Objects:
    """Let Ansible evaluate the templates; keywords are settings, like those given with ``-e``."""
    files = sorted((PROJECT / "objects").glob("*.yml"))
    names = [name for file in files for name in yaml.safe_load(file.read_text()) if name.startswith("controller_")]
    with TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.write_text("a key\n")
        dump = {
            "name": "Write down the objects",
            "ansible.builtin.copy": {
                "content": "{{ dict(names | zip(query('ansible.builtin.vars', *names))) | to_json }}",
                "dest": f"{folder}/objects.json",
                "mode": "0600",
            },
        }
        play = {"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": [dump]}
        play |= {"vars_files": [str(file) for file in files], "vars": {"names": names}}
        (Path(folder) / "play.yml").write_text(json.dumps([play]))
        extra_vars = json.dumps({"fleet_ports_awx_key_file": str(key), **settings})
        program = Path(sys.executable).parent / "ansible-playbook"
        subprocess.run(
            [program, "play.yml", "-e", extra_vars], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
        return json.loads((Path(folder) / "objects.json").read_text())


def named(objects: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The object with this name."""
    return next(each for each in objects if each["name"] == name)
