# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of ansible-runner in a private data directory, and its result as data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Command = Callable[[Sequence[str | Path]], tuple[list[str | Path], dict[str, str]]]
"""Gives the command line and the environment that run a program of Ansible's."""


@dataclass(frozen=True)
class JobRun:
    """The result of a job."""

    status: int
    output: str
    events: list[dict[str, Any]]

    def changed_hosts(self) -> list[str]:
        """The hosts on which something changed."""
        return [host for each in self._data("playbook_on_stats") for host, count in each["changed"].items() if count]

    def complaints(self) -> dict[str, str]:
        """The error sentence of each host that failed."""
        return {data["host"]: data["res"].get("msg", "") for data in self._data("runner_on_failed")}

    def artifacts(self) -> dict[str, Any]:
        """The statistics that the playbook set, which AWX passes on in a workflow."""
        stats = self._data("playbook_on_stats")
        return {name: value for each in stats for name, value in each["artifact_data"].items()}

    def _data(self, kind: str) -> list[dict[str, Any]]:
        return [event["event_data"] for event in self.events if event["event"] == kind]


class Runner:
    """ansible-runner, running a playbook of a private data directory."""

    def __init__(self, folder: Path, playbook: str, command: Command) -> None:
        self._folder = folder
        argv, environment = command(["ansible-runner", "run", str(folder), "-p", playbook, "-i", "job"])
        path = os.pathsep.join((str(Path(sys.executable).parent), environment.get("PATH", os.defpath)))
        self._process = subprocess.Popen(
            argv, env=environment | {"PATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def wait(self) -> JobRun:
        """Wait for the end of the job."""
        output, _nothing = self._process.communicate()
        events = [json.loads(path.read_text()) for path in self._folder.glob("artifacts/job/job_events/*-*.json")]
        return JobRun(self._process.returncode, output, sorted(events, key=lambda event: event["counter"]))
