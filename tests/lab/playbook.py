# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a playbook against the lab, and what came of it as data."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .controller import Controller


@dataclass(frozen=True)
class PlaybookRun:
    """What a run wrote, how it ended, and each task's result on each host."""

    status: int
    output: str
    tasks: list[dict[str, Any]]
    recap: dict[str, dict[str, int]]

    def changed_hosts(self) -> list[str]:
        """The hosts on which something changed."""
        return [host for host, counts in self.recap.items() if counts["changed"]]

    def result(self, host: str, action: str) -> dict[str, Any]:
        """The last result that a host has of a module."""
        return [task["result"] for task in self.tasks if (task["host"], task["action"]) == (host, action)][-1]

    def complaints(self) -> dict[str, str]:
        """The error sentence of each host that failed."""
        return {task["host"]: task["result"].get("msg", "") for task in self.tasks if task["status"] == "failed"}


def run_playbook(
    controller: Controller,
    playbook: str | Path | Sequence[Mapping[str, Any]],
    *arguments: str,
    extra_vars: Mapping[str, Any] | None = None,
) -> PlaybookRun:
    """Run a playbook: its name, its path, or its plays as data; `arguments` are ansible-playbook's own."""
    with tempfile.TemporaryDirectory(dir=controller.state) as folder:
        record = Path(folder) / "record.json"
        if not isinstance(playbook, (str, Path)):
            (Path(folder) / "plays.yml").write_text(json.dumps(playbook))
            playbook = Path(folder) / "plays.yml"
        variables = ["--extra-vars", json.dumps(extra_vars)] if extra_vars else []
        argv, environment = controller.ansible(["ansible-playbook", playbook, *arguments, *variables])
        done = subprocess.run(
            argv, env=environment | {"LAB_RECORD": str(record)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        recorded = json.loads(record.read_text()) if record.exists() else {"tasks": [], "recap": {}}
    return PlaybookRun(done.returncode, done.stdout, **recorded)
