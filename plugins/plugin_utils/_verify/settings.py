# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person asks of a proof: the options of probe_schedule, read from whatever a survey may give."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import UNANSWERED

WHERE = "probe_schedule"

# Beyond these a proof is no sample any more, or a flood.
MOST_MIDDLES = 20
MOST_PACKETS_A_SECOND = 2_000

ARGUMENT_SPEC = {
    "hosts": {"type": "raw", "required": True},
    "report_dir": {"type": "path"},
    **{name: {"type": "raw"} for name in ("touching", "phases", "sample", "clients", "batch", "rate", "seed")},
}


@dataclass(frozen=True)
class ProbeOptions:
    hosts: object
    # A pattern, or a list of names and patterns.
    touching: object
    phases: tuple[str, ...]
    sample: int
    clients: int
    batch: int
    rate: int
    seed: str
    # Where the report of the last run is, if there is one.
    report_dir: str | None


def read(arguments: Mapping[str, object]) -> ProbeOptions:
    """Read the options of a task; those without an answer have their defaults."""
    given = {name: value for name, value in arguments.items() if value not in (None, UNANSWERED, [])}

    def option(name: str, default: object, reader: values.Reader) -> object:
        return read_value(WHERE, name, given[name], reader) if name in given else default

    options = ProbeOptions(
        hosts=arguments["hosts"],
        touching=option("touching", (), values.names),
        phases=option("phases", PHASES, values.choices(*PHASES)),
        sample=option("sample", 1, values.count),
        clients=option("clients", 50, values.count),
        batch=option("batch", 50, values.count),
        rate=option("rate", 500, values.count),
        seed=option("seed", None, values.text) or secrets.token_hex(4),
        report_dir=given.get("report_dir"),
    )
    _refuse_more("sample", options.sample, MOST_MIDDLES)
    _refuse_more("rate", options.rate, MOST_PACKETS_A_SECOND)
    return options


def _refuse_more(name: str, value: int, most: int) -> None:
    if value > most:
        raise MatrixError(f"{WHERE}: {name} is {value}; set it to {most} at most.")
