# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fifty hosts with nothing to change: ``fleet.ports.site`` between a play with one ping and the job by other modules."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..lab.fresh import fresh_lab
from ..lab.lab import Lab
from . import fifty, rules
from .cost import BenchError, Cost, cost_of
from .figures import Curve, Figure, ratio
from .playbook import BENCH

TURNS = 5
# One turn of it takes minutes.
TURNS_OF_OTHERS = 2
# Of each kind of host, for the plot.
FEWER = (1, 3, 6)

PING, SITE, OTHERS = BENCH / "playbooks" / "ping.yml", "fleet.ports.site", BENCH / "playbooks" / "other_modules.yml"

# Stands in for ssh: with pipelining and a connection that is kept, each remote execution is one ssh process.
COUNTING_SSH = '#!/bin/sh\necho >>"$BENCH_SSH_COUNT"\nexec ssh "$@"\n'


def figures() -> Iterator[Figure | Curve]:
    """The figures of the managed nodes' side; the lab is the benchmark's own and is gone afterwards."""
    lab = fresh_lab("floor", fleet=fifty.HOSTS)
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        try:
            yield from Floor(lab, Path(name)).figures()
        finally:
            lab.down()


class Floor:
    """The plays on the hosts of a lab that is up."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.inventory = folder / "inventory.json"
        self._write_inventory({})

    def figures(self) -> Iterator[Figure | Curve]:
        """Bring the hosts in order by each way in turn, and measure what it costs that nothing is left to do."""
        self._play(SITE)
        concerns = self._concerns()
        yield self._executions(concerns)
        n = concerns / len(fifty.HOSTS)
        ping, site = self._turns(PING, SITE)
        yield ratio(f"second run of site on {len(fifty.HOSTS)} hosts, against ping", _seconds(site), _seconds(ping), 1.3 * n,
                    f"1.3 × n, n being {n:.2f} concerns a host")  # fmt: skip
        yield from self._growth(n)
        self._play("fleet.ports.remove")
        self._write_inventory(self._variables_for_others())
        self._play(OTHERS)
        others = [self._play_unchanging(OTHERS) for _turn in range(TURNS_OF_OTHERS)]
        yield ratio("second run of the same job by other modules, against site", _seconds(others), _seconds(site), 6,
                    "lineinfile, copy, systemd, ini_file and firewalld", at_least=True)  # fmt: skip

    def _turns(self, *plays: str | Path, limit: str = "all") -> list[list[Cost]]:
        turns = [[self._play_unchanging(play, "--limit", limit) for play in plays] for _turn in range(TURNS)]
        return [list(costs) for costs in zip(*turns)]

    def _growth(self, n: float) -> Iterator[Figure | Curve]:
        """Fewer hosts of the same mix."""
        curves: dict[str, list[tuple[float, float]]] = {}
        for most in (*FEWER, max(kind.count for kind in fifty.KINDS)):
            names = [host.name for kind in fifty.KINDS for host in list(kind.hosts())[:most]]
            ping, site = self._turns(PING, SITE, limit=",".join(names))
            for label, costs, factor in (("site", site, 1), ("ping", ping, 1), ("1.3 × n × ping", ping, 1.3 * n)):
                middle = sorted(_seconds(costs))[TURNS // 2]
                curves.setdefault(label, []).append((len(names), factor * middle))
        for label, points in curves.items():
            yield Curve("hosts of the lab", "seconds", label, points)

    def _concerns(self) -> int:
        """How many concerns the hosts have together."""
        counted = self.folder / "concerns"
        self._play(BENCH / "playbooks" / "concerns.yml", "-e", f"bench_file={counted}")
        return int(counted.read_text(encoding="ascii"))

    def _executions(self, needed: int) -> Figure:
        ssh, count = self.folder / "ssh", self.folder / "count"
        ssh.write_text(COUNTING_SSH, encoding="ascii")
        ssh.chmod(0o700)
        count.touch()
        self._play(SITE, settings={"ANSIBLE_SSH_EXECUTABLE": str(ssh), "BENCH_SSH_COUNT": str(count)})
        return Figure("remote executions of a second run of site", len(count.read_bytes()), needed, "",
                      f"one for each concern of {len(fifty.HOSTS)} hosts: {fifty.MIX}")  # fmt: skip

    def _variables_for_others(self) -> Mapping[str, Mapping[str, object]]:
        """What people would write down for each host, from its plan."""
        report = self.folder / "report"
        self._play("fleet.ports.plan", "-e", f"fleet_ports_report_dir={report}")
        plans = json.loads((report / "fleet.json").read_text(encoding="utf-8"))["plans"]
        return {host: _variables(plan) for host, plan in plans.items()}

    def _write_inventory(self, variables: Mapping[str, Mapping[str, object]]) -> None:
        self.inventory.write_text(json.dumps(fifty.inventory(variables)), encoding="utf-8")

    def _play_unchanging(self, *words: str | Path) -> Cost:
        cost = self._play(*words)
        if re.search(r"changed=[1-9]", cost.output):
            raise BenchError(f"{words[0]} changed something where nothing was left to do:\n{cost.output[-3000:]}")
        return cost

    def _play(self, *words: str | Path, settings: Mapping[str, str] | None = None) -> Cost:
        """Run a playbook from the controller's seat."""
        argv, environment = self.lab.controller.ansible(["ansible-playbook", "-i", self.inventory, *words])
        return cost_of(argv, environment | (settings or {}))


def _variables(plan: Mapping) -> Mapping[str, object]:
    return {
        "bench_services": plan["services"],
        "bench_holds": plan["holds"],
        "bench_pins": plan["pins"],
        "bench_rich_rules": rules.rich(plan),
        "bench_input_rules": rules.nft(plan, "in"),
        "bench_forward_rules": rules.nft(plan, "forward"),
    }


def _seconds(costs: list[Cost]) -> list[float]:
    return [cost.seconds for cost in costs]
