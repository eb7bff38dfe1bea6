# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX starts them: an inventory, sliced or not, and a playbook of a project, run by ansible-runner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .controller import Controller

Inventory = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Group -> host -> variables."""


def cut(inventory: Inventory, number: int, count: int) -> dict[str, dict[str, Mapping[str, Any]]]:
    """One of a number of slices, the first being number 1: every so manieth host by name, and all groups."""
    names = sorted({name for hosts in inventory.values() for name in hosts})
    here = set(names[number - 1 :: count])
    return {
        group: {name: found for name, found in hosts.items() if name in here} for group, hosts in inventory.items()
    }


@dataclass(frozen=True)
class JobRun:
    """How a job went."""

    status: int
    output: str
    began: float
    ended: float
    events: list[dict[str, Any]]

    def changed_hosts(self) -> list[str]:
        """The hosts on which something changed."""
        stats = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return [host for each in stats for host, count in each["changed"].items() if count]

    def complaints(self) -> dict[str, str]:
        """The error sentence of each host that failed."""
        failures = [event["event_data"] for event in self.events if event["event"] == "runner_on_failed"]
        return {failure["host"]: failure["res"].get("msg", "") for failure in failures}


class Job:
    """A job that is running."""

    def __init__(
        self,
        controller: Controller,
        folder: Path,
        plays: Sequence[Mapping[str, Any]],
        inventory: Inventory,
        extra_vars: Mapping[str, Any],
        check: bool = False,
    ) -> None:
        self._folder = folder
        hosts = {group: {"hosts": dict(hosts)} for group, hosts in inventory.items()}
        self._put("inventory/hosts.json", {"all": {"children": hosts}})
        self._put("project/play.yml", plays)
        self._put("env/extravars", extra_vars)
        mode = ["--cmdline=--check"] if check else []
        argv, environment = controller.ansible(
            ["ansible-runner", "run", str(folder), "-p", "play.yml", "-i", "job", *mode]
        )
        path = os.pathsep.join((str(Path(sys.executable).parent), environment.get("PATH", os.defpath)))
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            argv, env=environment | {"PATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def wait(self) -> JobRun:
        """Wait for the job's end."""
        output, _nothing = self._process.communicate()
        ended = time.monotonic()
        events = [json.loads(path.read_text()) for path in self._folder.glob("artifacts/job/job_events/*-*.json")]
        return JobRun(
            self._process.returncode, output, self._began, ended, sorted(events, key=lambda event: event["counter"])
        )

    def _put(self, name: str, content: object) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
