# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a run on the controller: the schedule, each host's part of each batch, and what the hosts found.

The thousands of probes of a batch go to the hosts and back through it, and are never variables, templates or results.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import (
    Probe,
    Schedule,
    seconds_to_listen,
)

LISTEN, SEND, COLLECT = STEPS = ("listen", "send", "collect")

# What a host found, or C(obstacle): the error that prevented it.
Finding = Mapping[str, object]
# What a host does in a batch.
Part = Mapping[str, object]


class RunFolder:
    def __init__(self, path: str) -> None:
        self.path = path

    def save(self, schedule: Schedule) -> None:
        self._write("schedule", schedule.document())
        for number, batch in enumerate(schedule.batches, 1):
            for host, part in _parts(schedule, batch).items():
                self._write(_part(number, host), part)

    def schedule(self) -> Schedule:
        return Schedule(**self._read("schedule"))

    def part(self, batch: int, host: str) -> Part | None:
        """Return a host's part of a batch, None if it has none."""
        return self._read(_part(batch, host))

    def note(self, batch: int, host: str, step: str, finding: Finding) -> None:
        self._write(_found(batch, host, step), finding)

    def finding(self, batch: int, host: str, step: str) -> Finding:
        """Return what a host found in a step; if it did not take the step, the obstacle of its step listen."""
        for taken in (step, LISTEN):
            found = self._read(_found(batch, host, taken))
            if found is not None and (taken == step or "obstacle" in found):
                return found
        return {}

    def _write(self, name: str, content: object) -> None:
        private_file.write(self._file(name), json.dumps(content, separators=(",", ":")).encode())

    def _read(self, name: str) -> object:
        if not os.path.isdir(self.path):
            raise MatrixError(
                f"There is no schedule in {self.path}. Set schedule_dir to the one that step=schedule returned."
            )
        content = private_file.read(self._file(name))
        return None if content is None else json.loads(content)

    def _file(self, name: str) -> str:
        return os.path.join(self.path, f"{name}.json")


def _parts(schedule: Schedule, batch: list[Probe]) -> Mapping[str, Part]:
    common = {
        "nonce": schedule.nonce, "rate": schedule.rate, "seconds": seconds_to_listen(batch, schedule.rate)
    }
    parts = defaultdict(lambda: {**common, LISTEN: [], SEND: []})
    for probe in batch:
        parts[probe["to"]][LISTEN].append(probe)
        parts[probe["from"]][SEND].append(probe)
    return parts


def _part(batch: int, host: str) -> str:
    return os.path.join(f"batch-{batch}", "parts", quote(host, safe="", errors="backslashreplace"))


def _found(batch: int, host: str, step: str) -> str:
    return os.path.join(f"batch-{batch}", step, quote(host, safe="", errors="backslashreplace"))
