# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launches job templates and workflows like AWX: answers become extra variables, slices become separate jobs."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import surveys
from .objects import PROJECT, Objects, named
from .private_data import Inventory, fill, part
from .runner import Command, JobRun, Runner


def synchronized(source: Path, command: Command) -> Inventory:
    """The hosts of an inventory source, as AWX reads them."""
    argv, environment = command(["ansible-inventory", "-i", source, "--list"])
    return json.loads(subprocess.run(argv, env=environment, check=True, capture_output=True).stdout)


class Launcher:
    """AWX, ready to launch."""

    def __init__(self, objects: Objects, inventory: Inventory, command: Command, folder: Path) -> None:
        self.objects = objects
        self._inventory = inventory
        self._command = command
        self._folders = (folder / f"job-{number}" for number in itertools.count(1))

    def launch(self, name: str, limit: str = "", **answers: object) -> list[JobRun]:
        """Launch a job template; return a run for each slice."""
        template = named(self.objects["controller_templates"], name)
        return self.run(template, surveys.accept(template, answers), limit)

    def workflow(self, name: str, limit: str = "", **answers: object) -> Iterator[tuple[str, list[JobRun]]]:
        """Launch a workflow; yield each node with its runs. An approval has none, and resuming the generator gives it."""
        workflow = named(self.objects["controller_workflows"], name)
        # A workflow hands its variables, and the statistics of its nodes, on to each job, whatever that asks for.
        handed_on = {**surveys.accept(workflow, answers), "awx_workflow_job_name": name}
        nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
        followers = {each["identifier"] for node in nodes.values() for each in _on_success(node)}
        ready = [node for node in nodes if node not in followers]
        while ready:
            node = nodes[ready.pop(0)]
            runs = []
            if node["unified_job_template"]["type"] == "job_template":
                template = named(self.objects["controller_templates"], node["unified_job_template"]["name"])
                runs = self.run(template, {**surveys.accept(template, {}), **handed_on}, limit)
            yield node["identifier"], runs
            handed_on.update(*(run.artifacts() for run in runs))
            if all(run.status == 0 for run in runs):
                ready += [each["identifier"] for each in _on_success(node)]

    def run(self, template: Mapping[str, Any], variables: Mapping[str, Any], limit: str = "") -> list[JobRun]:
        """Run a template with these variables, without its survey; return a run for each slice."""
        count = template.get("job_slice_count", 1)
        own = {"awx_job_template_name": template["name"], "awx_inventory_name": template["inventory"]}
        if count > 1:
            own["awx_workflow_job_name"] = template["name"]
        jobs = [
            self._start(template, {**variables, **own}, limit, part(self._inventory, number, count))
            for number in range(1, count + 1)
        ]
        return [job.wait() for job in jobs]

    def _start(
        self, template: Mapping[str, Any], variables: Mapping[str, Any], limit: str, inventory: Inventory
    ) -> Runner:
        words = ["--check"] if template["job_type"] == "check" else []
        words += ["--diff"] if template.get("diff_mode") else []
        words += ["--limit", limit] if limit else []
        folder = next(self._folders)
        fill(folder, inventory, variables, words)
        (folder / "project").symlink_to(PROJECT)
        return Runner(folder, template["playbook"], self._command)


def _on_success(node: Mapping[str, Any]) -> list[dict[str, str]]:
    return node.get("related", {}).get("success_nodes", [])
