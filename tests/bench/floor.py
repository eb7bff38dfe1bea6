# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts with nothing to change: ``fleet.ports.site`` beside a play with one ping and the job by other modules."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from ..lab.fresh import fresh_lab
from ..tools.cores import cores
from . import compiled, fifty, rules
from .cost import BenchError, Cost
from .figures import Curve, Figure, ratio
from .plays import OTHERS, PING, SITE, Plays

TURNS = 5
# Each takes longer, or matters less.
TURNS_OF_OTHERS = 2
TURNS_OF_FEWER = 3
# Of each kind of host, for the plot.
FEWER = (1, 3, 6)

BOUND_OF_FIFTY = 1.8
BOUND_OF_TWO, CPU_BOUND_OF_TWO = 2.3, 2.0
CPU_BOUND_OF_NODE = 1.4
# What the bounds are multiplied by on another ansible-core.
LEEWAY_OF_CORES = 1.1


def figures() -> Iterator[Figure | Curve]:
    """All figures of the managed nodes' side; the lab is the benchmark's own and is gone afterwards."""
    with _plays() as plays:
        yield from Floor(plays).figures()


def figures_of_core(version: str) -> Iterator[Figure | Curve]:
    """The ratios to ping on another ansible-core."""
    found = [core for core in cores() if core.version == version]
    if not found:
        raise BenchError(f"ansible-core {version} has no interpreter on this machine.")
    with _plays(found[0].bin / "ansible-playbook") as plays:
        yield from Floor(plays, LEEWAY_OF_CORES).ratios()


@contextlib.contextmanager
def _plays(program: str | Path = "ansible-playbook") -> Iterator[Plays]:
    lab = fresh_lab("floor", fleet=fifty.HOSTS)
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        try:
            yield Plays(lab, Path(name), program)
        finally:
            lab.down()


class Floor:
    """What it costs that nothing is left to do; bounds of ratios to ping are multiplied by ``leeway``."""

    def __init__(self, plays: Plays, leeway: float = 1.0) -> None:
        self._plays = plays
        self._leeway = leeway
        self._sites: dict[Sequence[str], list[Cost]] = {}

    def figures(self) -> Iterator[Figure | Curve]:
        """Bring the hosts in order by each way, and measure."""
        yield from self.ratios()
        yield from self._counts()
        yield self._node()
        yield from compiled.figures(self._plays, {"firewalld": fifty.TWO[0], "nftables": fifty.TWO[1]})
        yield from self._growth()
        yield from self._others()

    def ratios(self) -> Iterator[Figure]:
        """Bring the hosts in order by ``site``, and measure it beside a ping, on all of them and on two."""
        self._plays.play(SITE)
        ping, site = self._plays.turns(TURNS, PING, SITE)
        self._sites[fifty.NAMES] = site
        yield _wall(f"second run of site on {len(fifty.NAMES)} hosts, against ping", site, ping,
                    self._leeway * BOUND_OF_FIFTY, fifty.MIX)  # fmt: skip
        ping, site = self._plays.turns(TURNS, PING, SITE, hosts=fifty.TWO)
        self._sites[fifty.TWO] = site
        what, how = "second run of site on 2 hosts, against ping", "hosts with 3 and 4 concerns"
        yield _wall(what, site, ping, self._leeway * BOUND_OF_TWO, how)
        yield ratio(f"{what}: CPU time", _all_cpu(site), _all_cpu(ping), self._leeway * CPU_BOUND_OF_TWO,
                    "controller and hosts together")  # fmt: skip

    def _counts(self) -> Iterator[Figure]:
        hosts = len(fifty.NAMES)
        executions, forks = self._plays.counts(SITE)
        for what, count, needed, how in (
            ("remote executions", executions, hosts, "one for each host"),
            ("forks", forks, hosts + 2, "one for each host, one task before and one after"),
        ):
            if count < needed:
                raise BenchError(f"Only {count} {what} were counted, of {needed}: hosts were left out.")
            yield Figure(f"{what} of a second run of site on {hosts} hosts", count, needed, "", how)

    def _node(self) -> Figure:
        ping, site = self._plays.turns(TURNS, PING, SITE, hosts=[fifty.ONE])
        return ratio("CPU time of a managed node with two concerns, against ping",
                     *([cost.hosts_cpu_seconds for cost in costs] for costs in (site, ping)), CPU_BOUND_OF_NODE,
                     "services and holds")  # fmt: skip

    def _growth(self) -> Iterator[Curve]:
        """Fewer hosts of the same mix."""
        curves: dict[str, list[tuple[float, float]]] = {}
        for most in FEWER:
            names = [host.name for kind in fifty.KINDS for host in list(kind.hosts())[:most]]
            ping, site = (median(_seconds(each)) for each in self._plays.turns(TURNS_OF_FEWER, PING, SITE, hosts=names))
            for label, seconds in (("site", site), ("ping", ping), (f"{BOUND_OF_FIFTY} × ping", BOUND_OF_FIFTY * ping)):
                curves.setdefault(label, []).append((len(names), seconds))
        for label, points in curves.items():
            yield Curve("hosts of the lab", "seconds", label, points)

    def _others(self) -> Iterator[Figure]:
        self._plays.play("fleet.ports.remove")
        self._plays.write_inventory(self._variables_for_others())
        self._plays.play(OTHERS)
        for hosts, bound in ((fifty.TWO, 8), (fifty.NAMES, 10)):
            (others,) = self._plays.turns(TURNS_OF_OTHERS, OTHERS, hosts=hosts)
            yield _wall(f"second run of the same job by other modules on {len(hosts)} hosts, against site", others,
                        self._sites[hosts], bound, "lineinfile, copy, systemd, ini_file and firewalld",
                        at_least=True)  # fmt: skip

    def _variables_for_others(self) -> Mapping[str, Mapping[str, object]]:
        """What people would write down for each host, from its plan."""
        with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as report:
            self._plays.play("fleet.ports.plan", "-e", f"fleet_ports_report_dir={report}")
            plans = json.loads((Path(report) / "fleet.json").read_text(encoding="utf-8"))["plans"]
        return {host: _variables(plan) for host, plan in plans.items()}


def _variables(plan: Mapping) -> Mapping[str, object]:
    return {
        "bench_services": plan["services"],
        "bench_holds": plan["holds"],
        "bench_pins": plan["pins"],
        "bench_rich_rules": rules.rich(plan),
        "bench_input_rules": rules.nft(plan, "in"),
        "bench_forward_rules": rules.nft(plan, "forward"),
    }


def _wall(
    what: str, costs: Sequence[Cost], reference: Sequence[Cost], bound: float, how: str, at_least: bool = False
) -> Figure:
    """A ratio of wall times, which names the CPU times as well."""
    (controller, hosts), (its_controller, its_hosts) = _cpu(costs), _cpu(reference)
    cpu = f"CPU time of the controller {controller} s against {its_controller} s"
    cpu = f"{cpu}, of the hosts {hosts} s against {its_hosts} s"
    return ratio(what, _seconds(costs), _seconds(reference), bound, f"{how}; {cpu}; wall time", at_least=at_least)


def _cpu(costs: Sequence[Cost]) -> tuple[str, str]:
    """The medians of the controller and of the hosts."""
    return (
        f"{median(cost.cpu_seconds for cost in costs):.3g}",
        f"{median(cost.hosts_cpu_seconds for cost in costs):.3g}",
    )


def _all_cpu(costs: Sequence[Cost]) -> list[float]:
    return [cost.cpu_seconds + cost.hosts_cpu_seconds for cost in costs]


def _seconds(costs: Sequence[Cost]) -> list[float]:
    return [cost.seconds for cost in costs]
