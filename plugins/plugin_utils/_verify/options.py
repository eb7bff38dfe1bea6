# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the step C(schedule), in any form that a survey of a job system returns."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import UNANSWERED

WHERE = "verify_step"

# The highest values: more random ports are no sample any more, and more packets are a flood.
MAX_SAMPLE = 20
MAX_RATE = 2_000

# Strings are read as well, and an unanswered question of a survey has the default.
DEFAULTS = {"sample": 1, "clients": 50, "batch_size": 50, "rate": 500}
ARGUMENT_SPEC = {
    "hosts": {"type": "raw"},
    **{name: {"type": "raw"} for name in ("involving", "phases", "seed")},
    **{name: {"type": "raw", "default": default} for name, default in DEFAULTS.items()},
    "report_dir": {"type": "path"},
}


@dataclass(frozen=True)
class ProbeOptions:
    hosts: object
    # A pattern, or a list of names and patterns.
    involving: object
    phases: tuple[str, ...]
    sample: int
    clients: int
    batch_size: int
    rate: int
    seed: str
    # The folder with the report on the last run, if there is one.
    report_dir: str | None


def read(arguments: Mapping[str, object]) -> ProbeOptions:
    """Read the options of a task; MatrixError if one is invalid."""
    given = {name: value for name, value in arguments.items() if value not in (None, UNANSWERED, [])}

    def option(name: str, default: object, reader: values.Reader) -> object:
        return read_value(WHERE, name, given[name], reader) if name in given else default

    numbers = {name: option(name, default, values.count) for name, default in DEFAULTS.items()}
    for name, most in (("sample", MAX_SAMPLE), ("rate", MAX_RATE)):
        if numbers[name] > most:
            raise MatrixError(f"{WHERE}: {name} is {numbers[name]}; set it to at most {most}.")
    return ProbeOptions(
        hosts=arguments["hosts"],
        involving=option("involving", (), values.names),
        phases=option("phases", PHASES, values.choices(*PHASES)),
        seed=option("seed", None, values.text) or secrets.token_hex(4),
        report_dir=given.get("report_dir"),
        **numbers,
    )
