# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the collection, what it needs of Ansible and the walks to a host, and lets it walk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import ansible

from ..controller import REPOSITORY
from ..fleet import host
from ..lab import Lab

FOLDER = "opt/faults"
COLLECTION = "ansible_collections/fleet/ports"
COPIED = ("plugins/modules", "plugins/module_utils", "tests/lab/__init__.py", "tests/lab/aix", "tests/lab/faults")


class Found(NamedTuple):
    """How many steps were tried, and what was wrong at which."""

    tried: int
    faults: list[str]


class WalkedHost:
    """A host that walks, along a part of the steps: see :class:`walk.Walk`."""

    def __init__(self, lab: Lab, name: str, offset: int, stride: int) -> None:
        self._lab = lab
        self._part = {"offset": offset, "stride": stride}
        self._name = name
        self._python = "/opt/freeware/bin/python3" if host(name).aix_role else "/usr/bin/python3"
        top = lab.disk(name) / FOLDER
        shutil.rmtree(top, ignore_errors=True)
        _copy(Path(ansible.__file__).parent / "module_utils", top / "ansible" / "module_utils")
        (top / "ansible" / "__init__.py").touch()
        for each in COPIED:
            _copy(REPOSITORY / each, top / COLLECTION / each)

    def walk(self, what: str, name: str, **walk: Any) -> Found:
        """Let it walk; what happens are ``kills``, ``troubles`` or ``holder_kills``."""
        module = f"{COLLECTION.replace('/', '.')}.tests.lab.faults"
        command = f"cd /{FOLDER} && PYTHONDONTWRITEBYTECODE=1 {self._python} -m {module}"
        done = self._lab.run(self._name, command, json.dumps({"what": what, "name": name, **self._part, **walk}))
        assert done.returncode == 0, done.stderr
        return Found(**json.loads(done.stdout))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
