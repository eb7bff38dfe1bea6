# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A walk through every step of one operation: at each of them the program is killed, and the host is looked at.

An operation leads from one state of the host to another. Wherever it is killed, each file and each table is that of the
one or of the other; and whoever comes next ends where he should: the same operation again, one that gives the host
back, or the host's own job that undoes what nobody confirmed.
"""

from __future__ import annotations

import json
import platform
import subprocess
from pathlib import Path
from typing import NamedTuple

from . import sight, steps, trial
from .live import LIVE
from .sight import Sight
from .simulated import simulate
from .trial import Program

PENDING = Path("/var/lib/fleet.ports/rollback/pending.json")


class Event(NamedTuple):
    """What happens, before a step or after it; with ``only`` at steps of this name."""

    name: str
    happen: steps.Happen
    after: bool = False
    only: str = ""


# Just after a step is just before the next one, unless the step has started a program that goes on meanwhile.
KILLS = (
    Event("killed before", steps.kill),
    Event("killed after", steps.kill, after=True, only=steps.START),
    Event("killed together with", steps.kill_all, after=True, only=steps.START),
)


class Walk(NamedTuple):
    """``before`` are the programs that lead to where the operation begins, ``then`` those that complete it.

    ``back`` gives the host back; ``job`` is the host's own, if it has one. ``ready`` is a shell command that comes
    first of all.
    """

    name: str
    before: list[Program]
    operation: Program
    then: list[Program]
    back: Program
    job: list[Program]
    live: list[str]
    ready: str


class Recovery(NamedTuple):
    """What is done after a kill, and where it has to lead."""

    name: str
    programs: list[Program]
    wanted: Sight


class Walker:
    """Walks on this host."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._live = {name: LIVE[name] for name in walk.live}
        self._prepare = [simulate] if platform.system() == "AIX" else []
        self._pristine = self._look()
        self.tried = 0
        self.faults: list[str] = []

    def kills(self) -> None:
        """Kill it at each step, once for each recovery."""
        old = self._begin()
        done = self._after([self._walk.operation])
        new = self._after(self._walk.then)
        self._finish(f"{self._walk.name}, to begin with")
        again = [self._walk.operation, *self._walk.then]
        recoveries = [
            Recovery("run again", again, new),
            Recovery("given back", [self._walk.back], self._pristine),
            *(Recovery("left alone", [job], old) for job in self._walk.job),
        ]
        for event in KILLS:
            number = 1
            while all(self._kill(event, number, [old, done, new], recovery) for recovery in recoveries):
                number += 1

    def _kill(self, event: Event, number: int, known: list[Sight], recovery: Recovery) -> bool:
        """Tell whether there was a step of this number."""
        self._begin()
        let_time_pass_for(self._walk.operation)
        outcome = self._run(self._walk.operation, steps.Steps(number, event.happen, event.after, event.only))
        what = f"{self._walk.name}: {event.name} step {number} ({outcome.step})"
        if outcome.killed:
            self.tried += 1
            self._report(what, "is a mixture", sight.mixtures(self._look(), known))
            let_time_pass()
            now = self._after(recovery.programs, f"{what}, {recovery.name}")
            self._report(f"{what}, {recovery.name}", "is wrong", sight.differences(now, recovery.wanted))
        self._finish(what)
        return outcome.killed

    def _begin(self) -> Sight:
        subprocess.run(["sh", "-c", self._walk.ready], check=True)
        return self._after(self._walk.before)

    def _finish(self, what: str) -> None:
        let_time_pass()
        now = self._after([self._walk.back], what)
        self._report(f"{what}, given back at the end", "is wrong", sight.differences(now, self._pristine))

    def _after(self, programs: list[Program], what: str = "to begin with") -> Sight:
        for program in programs:
            let_time_pass_for(program)
            outcome = self._run(program, steps.Steps(0, steps.kill))
            if outcome.killed or (outcome.result or {}).get("failed"):
                self.faults.append(f"{what}: {program.name} says {outcome.result}")
        return self._look()

    def _run(self, program: Program, counted: steps.Steps) -> trial.Outcome:
        return trial.run(program, counted, *self._prepare)

    def _look(self) -> Sight:
        return sight.look(self._live)

    def _report(self, what: str, how: str, where: list[str]) -> None:
        if where:
            self.faults.append(f"{what}: {', '.join(where)} {how}")


def let_time_pass_for(program: Program) -> None:
    """Let a job find that its time has come."""
    if program.is_job:
        let_time_pass()


def let_time_pass() -> None:
    """Let the time be over in which a change may be confirmed."""
    if PENDING.exists():
        PENDING.write_text(json.dumps({**json.loads(PENDING.read_text()), "deadline": 0}))
