# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays on the hosts of a lab: what a run costs, how often it forks and executes, and what it imports on a host."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..lab.lab import Lab
from . import fifty
from .cost import BenchError, Cost, cost_of
from .playbook import BENCH

PING, SITE, OTHERS = BENCH / "playbooks" / "ping.yml", "fleet.ports.site", BENCH / "playbooks" / "other_modules.yml"

# Stands in for ssh: with pipelining and a connection that is kept, each remote execution is one ssh process. What the
# programs on the hosts write to their standard error output is kept.
WATCHED_SSH = '#!/bin/sh\necho >>"$BENCH_SSH_COUNT"\nexec ssh "$@" 2>>"$BENCH_SSH_ERRORS"\n'

# The interpreter of a host that is to say what it imports.
TRACED_PYTHON = "/usr/local/sbin/traced-python"
TRACING = f"""
printf '#!/bin/sh\\nexec /usr/bin/python3 -X importtime "$@"\\n' >{TRACED_PYTHON} && chmod 0755 {TRACED_PYTHON}
"""
# import time: self [us] | cumulative | imported package
TRACED = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", re.MULTILINE)


class Plays:
    """The plays on the hosts of a lab that is up, run by one ansible-playbook."""

    def __init__(self, lab: Lab, folder: Path, program: str | Path = "ansible-playbook") -> None:
        self._lab = lab
        self._folder = folder
        self._program = program
        self._inventory = folder / "inventory.json"
        self.write_inventory({})

    def write_inventory(self, variables: Mapping[str, Mapping[str, object]]) -> None:
        """Write the inventory, with these variables of each host."""
        self._inventory.write_text(json.dumps(fifty.inventory(variables)), encoding="utf-8")

    def play(self, *words: str | Path, settings: Mapping[str, str] | None = None) -> Cost:
        """Run a playbook from the controller's seat."""
        argv, environment = self._lab.controller.ansible([self._program, "-i", self._inventory, *words])
        before = self._lab.cpu_seconds()
        cost = cost_of(argv, environment | (settings or {}))
        return dataclasses.replace(cost, hosts_cpu_seconds=self._lab.cpu_seconds() - before)

    def turns(self, count: int, *plays: str | Path, hosts: Sequence[str] = ("all",)) -> list[list[Cost]]:
        """Run plays that change nothing in turns; return the costs of each play."""
        limit = ",".join(hosts)
        costs = [[self._play_unchanging(play, "--limit", limit) for play in plays] for _turn in range(count)]
        return [list(each) for each in zip(*costs)]

    def counts(self, play: str) -> tuple[int, int]:
        """Return how many remote executions and forks a run needs."""
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            forks = folder / "forks"
            callbacks = {"ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
                         "ANSIBLE_CALLBACKS_ENABLED": "fork_count", "BENCH_FORK_COUNT": str(forks)}  # fmt: skip
            self._play_unchanging(play, settings=self._watched(folder) | callbacks)
            return len((folder / "count").read_bytes()), int(forks.read_text(encoding="ascii"))

    def imports(self, play: str, host: str, *words: str) -> dict[str, int]:
        """Return what a run imports on a host: names of modules, and the microseconds that each took by itself."""
        self._lab.run(host, TRACING)
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            self._play_unchanging(play, "--limit", host, "-e", f"ansible_python_interpreter={TRACED_PYTHON}", *words,
                                  settings=self._watched(folder))  # fmt: skip
            traces = TRACED.findall((folder / "errors").read_text(encoding="utf-8", errors="replace"))
        return {module: int(microseconds) for microseconds, module in traces}

    def _watched(self, folder: Path) -> dict[str, str]:
        ssh, count, errors = folder / "ssh", folder / "count", folder / "errors"
        ssh.write_text(WATCHED_SSH, encoding="ascii")
        ssh.chmod(0o700)
        for file in (count, errors):
            file.touch()
        return {
            "ANSIBLE_SSH_EXECUTABLE": str(ssh),
            "BENCH_SSH_COUNT": str(count),
            "BENCH_SSH_ERRORS": str(errors),
        }

    def _play_unchanging(self, *words: str | Path, settings: Mapping[str, str] | None = None) -> Cost:
        cost = self.play(*words, settings=settings)
        if re.search(r"changed=[1-9]", cost.output):
            raise BenchError(f"{words[0]} changed something where nothing was left to do:\n{cost.output[-3000:]}")
        return cost
