# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module is killed anywhere in its rehearsals: nothing of them is left, the host is as it was, the next run opens.

A run has a rehearsal with the rules in force and one with those of a boot. It is killed at moments that are spread over
each of them, and as each program runs that it starts there.
"""

from __future__ import annotations

import functools
import itertools
import subprocess
from dataclasses import dataclass, field

import pytest

from .answer import run_module
from .cases import cases
from .isolation import isolated
from .killing import Look, Rehearsal, differences, left
from .network import network
from .probes import ADMINISTRATORS, SSH_PORT
from .world import RunningWorld, World

# One with two interfaces, and one with rules of iptables and sets of ipset beside those of nft.
WORLDS = {
    each.world.name: each.world
    for each in cases()
    if each.world.name in ("everything-in-a-chain-of-its-own-on-a-gateway", "ipset-of-banned-addresses")
}
REHEARSALS = (1, 2)
MOMENTS = 10  # in each rehearsal


@dataclass
class Report:
    """How often the module was killed: in a rehearsal's midst, at its end, and at programs."""

    amid: int = 0
    late: int = 0
    programs: int = 0
    flaws: list[str] = field(default_factory=list)
    message: str = ""


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_wherever_it_is_killed_nothing_is_left(name: str) -> None:
    report = isolated(_tried, WORLDS[name], seconds=900)
    print(f"{name}: killed {report.amid} times amid, {report.late} at an end, {report.programs} at a program")
    assert not report.flaws, "\n".join(report.flaws[:20])
    assert report.amid > report.late and report.programs > 4
    assert not report.message


def test_what_is_left_is_noticed() -> None:
    assert isolated(_noticed, seconds=60) == ["rules", "files", "network", "processes"]


def _tried(world: World) -> Report:
    report = Report()
    connection = f"{ADMINISTRATORS[4]} 50001 {world.interfaces[0].address(4)} {SSH_PORT}"
    with network(world.interfaces):
        host = RunningWorld(world)
        host.boot()
        run = functools.partial(run_module, host, "present", world.request, connection)
        before = Look.at(host)
        for number in REHEARSALS:
            for what in _kills(Rehearsal(run, number), report):
                report.flaws += [f"rehearsal {number}, {what}: {flaw}" for flaw in left(host, before)]
        report.message = run().message
    return report


def _kills(rehearsal: Rehearsal, report: Report):
    """Kill the run once after the other, and yield when that was."""
    duration = rehearsal.duration()
    for index in range(MOMENTS):
        moment = duration * index / MOMENTS
        if rehearsal.is_killed_amid(moment):
            report.amid += 1
        else:
            report.late += 1
        yield f"after {moment:.3f} s of {duration:.3f}"
    for index in itertools.count(1):
        if not rehearsal.is_killed_at_program(index):
            return
        report.programs += 1
        yield f"at program {index}"


def _noticed() -> list[str]:
    """Leave a rule, a file, an interface, and a process in a network of its own."""
    world = next(iter(WORLDS.values()))
    with network(world.interfaces):
        host = RunningWorld(world)
        before = Look.at(host)
        with subprocess.Popen(["unshare", "--net", "sleep", "60"]) as process:
            try:
                for command in ("ip link add left type veth", "nft add table inet left", "touch /etc/left"):
                    subprocess.run(command.split(), check=True)
                return differences(before, Look.at(host))
            finally:
                process.kill()
