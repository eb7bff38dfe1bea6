# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole ``fleet.ports.verify`` of one master and its clients, each in namespaces with rules of their own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import fleets, namespaces, playbook, rules
from .cost import BenchError, cost_of
from .figures import Figure, seconds
from .namespaces import Namespaced

CLIENTS = 50
FEWER = (10, 25)
TARGET = 60
FORKS = 25

# What lets in the flows of a plan and nothing else; the names in braces are filled in.
RULES = """\
table inet filter {{
  chain input {{
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif "lo" accept
    {accepted}
  }}
}}
"""


def figures() -> Iterator[Figure]:
    """The time for all clients, and for fewer of them."""
    with playbook.collections() as collections, tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        folder = Path(name)
        fleet = fleets.write(folder / "fleet.yml", CLIENTS)
        with namespaces.hosts(_addresses(fleet)) as hosts:
            for host, plan in _plans(collections, fleet, folder).items():
                accepted = "\n    ".join(rules.nft(plan, "in"))
                namespaces.load_rules(hosts[host], RULES.format(accepted=accepted))
            yield from (_verified(collections, folder, hosts, number) for number in (*FEWER, CLIENTS))


def _addresses(fleet: Path) -> Mapping[str, str]:
    groups = json.loads(fleet.read_text(encoding="utf-8"))["all"]["children"]
    return {name: host["ansible_host"] for group in groups.values() for name, host in group["hosts"].items()}


def _plans(collections: Path, fleet: Path, folder: Path) -> Mapping[str, Mapping]:
    _play(collections, folder, fleet, "fleet.ports.plan")
    return json.loads((folder / "report" / "fleet.json").read_text(encoding="utf-8"))["plans"]


def _verified(collections: Path, folder: Path, hosts: Mapping[str, Namespaced], number: int) -> Figure:
    """Verify the master with so many clients."""
    inventory = folder / f"{number}.yml"
    fleets.write(inventory, number, lambda name: {
        "ansible_connection": "local",
        "ansible_pipelining": True,
        "ansible_python_interpreter": str(_interpreter(folder / name, hosts[name])),
    })
    took = _play(collections, folder, inventory, "fleet.ports.verify")
    verified = json.loads((folder / "report" / "verify.json").read_text(encoding="utf-8"))
    counts = verified["counts"]
    if counts["blocked"] or counts["leaked"] or counts["not_judged"] or not counts["passed"]:
        raise BenchError(f"verify returned an unexpected result: {counts}.")
    return seconds(f"verify of a master with {number} clients", [took], TARGET,
                   f"{len(verified['probes']):,} probes, {FORKS} forks")


def _interpreter(file: Path, host: Namespaced) -> Path:
    """Write the program that is a host's Python."""
    file.write_text(f"#!/bin/sh\nexec {' '.join(host.inside('/usr/bin/python3'))} \"$@\"\n", encoding="ascii")
    file.chmod(0o700)
    return file


def _play(collections: Path, folder: Path, inventory: Path, name: str) -> float:
    settings = {"ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_FORKS": str(FORKS)}
    # A report in the way would make verify wait until the packet filters have forgotten the last run.
    (folder / "report" / "verify.json").unlink(missing_ok=True)
    cost = cost_of(
        [Path(sys.executable).parent / "ansible-playbook", "-i", inventory, name, "-e",
         f"fleet_ports_report_dir={folder / 'report'}", "-e", "fleet_ports_become=false"], settings)  # fmt: skip
    return cost.seconds
