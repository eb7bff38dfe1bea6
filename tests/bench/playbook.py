# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook on a made-up fleet, without connecting to anything, and says what it cost."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cost import Cost, cost_of

BENCH = Path(__file__).parent
REPOSITORY = BENCH.parents[1]


@dataclass(frozen=True)
class Run:
    """What a run cost, and each task's name and wall time in order."""

    cost: Cost
    tasks: list[tuple[str, float]]

    def times(self, name: str) -> list[float]:
        """The wall times of the tasks of this name."""
        return [seconds for task, seconds in self.tasks if task == name]


@contextlib.contextmanager
def collections() -> Iterator[Path]:
    """A folder in which Ansible and Python find the collection."""
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        collection = Path(name) / "ansible_collections" / "fleet" / "ports"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(REPOSITORY)
        yield Path(name)


def run(playbook: str, inventory: Path) -> Run:
    """Run ``playbooks/PLAYBOOK.yml``."""
    with collections() as folder:
        times = folder / "times.json"
        settings = {
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_times",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "BENCH_TASK_TIMES": str(times),
        }
        cost = cost_of(
            [Path(sys.executable).parent / "ansible-playbook", "-i", inventory, "-e", f"bench_folder={folder}",
             BENCH / "playbooks" / f"{playbook}.yml"], settings)  # fmt: skip
        return Run(cost, json.loads(times.read_text(encoding="utf-8")))
