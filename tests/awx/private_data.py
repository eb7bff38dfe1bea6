# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private data directory of a job, laid out like AWX does: inventory or slice, and settings of ansible-runner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Inventory = Mapping[str, Mapping[str, Any]]
"""What ``ansible-inventory --list`` says."""

# AWX's own inventories are programs.
_INVENTORY = "#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({!r})\n"


def part(inventory: Inventory, number: int, count: int) -> Inventory:
    """One of several slices, counted from 1: every nth host by name, and all groups."""
    hostvars = inventory["_meta"]["hostvars"]
    here = set(sorted({host for group in inventory.values() for host in group.get("hosts", ())})[number - 1 :: count])
    groups = {
        name: {**group, "hosts": [host for host in group.get("hosts", ()) if host in here]}
        for name, group in inventory.items() if name != "_meta"
    }  # fmt: skip
    return {**groups, "_meta": {"hostvars": {host: found for host, found in hostvars.items() if host in here}}}


def fill(folder: Path, inventory: Inventory, variables: Mapping[str, Any], words: Sequence[str]) -> None:
    """Write everything except the project; ``words`` are added to the command line."""
    put(folder / "inventory/hosts", _INVENTORY.format(json.dumps(inventory)))
    (folder / "inventory/hosts").chmod(0o700)
    put(folder / "env/extravars", variables)
    put(folder / "env/settings", {"idle_timeout": 0, "suppress_ansible_output": False})
    put(folder / "env/envvars", {"ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True"})
    put(folder / "env/cmdline", " ".join(words))


def put(path: Path, content: object) -> None:
    """Write a file of a private data directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
