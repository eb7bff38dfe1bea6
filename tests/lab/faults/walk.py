# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A walk through every step of one operation: at each of them something happens, and the host is looked at.

An operation leads from one state of the host to another. Wherever it is killed, each file and each table is that of the
one or of the other; and whoever comes next ends where he should: the same operation again, one that gives the host
back, or the host's own job that undoes what nobody confirmed. Where a step fails, or a program hangs, the operation
says so in one sentence, and the host is what it was.
"""

from __future__ import annotations

import errno
import itertools
import json
import platform
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from . import holder, sight, steps, trial
from .live import LIVE
from .sight import Sight
from .simulated import simulate
from .trial import Prepare, Program

PENDING = Path("/var/lib/fleet.ports/rollback/pending.json")


class Event(NamedTuple):
    """What happens, at steps of the names in ``only``, before them or after them.

    ``prepare`` is told the step's number, and makes what the process needs for it.
    """

    name: str
    happen: steps.Happen
    only: frozenset[str]
    after: bool = False
    prepare: Callable[[int], Prepare] | None = None


START = frozenset({steps.START})

# Just after a step is just before the next one, unless the step has started a program that goes on meanwhile; and to
# wait for the disk changes nothing.
KILLS = (
    Event("killed before", steps.kill, only=steps.CALLS),
    Event("killed after", steps.kill, only=START, after=True),
    Event("killed together with", steps.kill_all, only=START, after=True),
)
TROUBLES = (
    Event("disk full at", steps.refuse(errno.ENOSPC), only=steps.WRITES | {steps.SYNC}),
    Event("file system read-only at", steps.refuse(errno.EROFS), only=steps.WRITES),
    Event("hangs before its work", steps.nothing, only=START, prepare=trial.hanging),
    Event("hangs after its work", steps.nothing, only=START, prepare=trial.hanging_afterwards),
)


class Walk(NamedTuple):
    """``before`` are the programs that lead to where the operation begins, ``then`` those that complete it.

    ``back`` gives the host back; ``job`` is the host's own, if it has one. ``ready`` is a shell command that comes
    first of all. It happens at each step, or at those of the names in ``only``. With
    ``goes_on``, what was done when a step failed may stay, for the next run goes on from there. ``offset`` and ``stride``
    choose a part of the steps: the first one, and each so many from the offset on.
    """

    name: str
    before: list[Program]
    operation: Program
    then: list[Program]
    back: Program
    job: list[Program]
    live: list[str]
    ready: str
    only: list[str]
    goes_on: bool
    offset: int
    stride: int


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
        self._prepare = [trial.without_waiting, *([simulate] if platform.system() == "AIX" else [])]
        self.tried = 0
        self.faults: list[str] = []
        self._make_ready()
        self._pristine = self._after([walk.back])

    def kills(self) -> None:
        """Kill it at each step; the recoveries take turns, for several steps in a row lead to one state."""
        old = self._begin()
        done = self._after([self._walk.operation])
        new = self._after(self._walk.then)
        self._finish(f"{self._walk.name}, to begin with")
        recoveries = [
            Recovery("run again", [self._walk.operation, *self._walk.then], new),
            Recovery("given back", [self._walk.back], self._pristine),
            *(Recovery("left alone", [job], old) for job in self._walk.job),
        ]
        for event in self._at_steps(KILLS):
            for turn, number in enumerate(self._numbers()):
                if not self._kill(event, number, [old, done, new], recoveries[turn % len(recoveries)]):
                    break

    def _kill(self, event: Event, number: int, known: list[Sight], recovery: Recovery) -> bool:
        """Tell whether there was a step of this number."""
        outcome, what = self._happen(event, number)
        if outcome.killed:
            self._report(what, "is a mixture", sight.mixtures(self._look(), known))
            let_time_pass()
            now = self._after(recovery.programs, f"{what}, {recovery.name}")
            self._report(f"{what}, {recovery.name}", "is wrong", sight.differences(now, recovery.wanted))
        self._finish(what)
        return outcome.killed

    def troubles(self) -> None:
        """Let each step fail, and each program hang."""
        old = self._begin()
        new = self._after([self._walk.operation, *self._walk.then])
        self._finish(f"{self._walk.name}, to begin with")
        for event in self._at_steps(TROUBLES):
            for number in self._numbers():
                if not self._trouble(event, number, old, new):
                    break

    def _trouble(self, event: Event, number: int, old: Sight, new: Sight) -> bool:
        """Tell whether there was a step of this number."""
        outcome, what = self._happen(event, number)
        if outcome.step:
            self._judge(what, outcome, old, new)
        self._finish(what)
        return bool(outcome.step)

    def _numbers(self) -> Iterator[int]:
        """The numbers of the steps that are tried."""
        yield 1
        yield from itertools.count(1 + self._walk.offset, self._walk.stride)

    def _at_steps(self, events: Iterable[Event]) -> list[Event]:
        """The events, at those steps only that the walk is about."""
        only = frozenset(self._walk.only)
        return [each._replace(only=each.only & only) if only else each for each in events]

    def holder_kills(self) -> None:
        """Kill the holder at each of its steps, as the operation starts it."""
        old = self._begin()
        new = self._after([self._walk.operation, *self._walk.then])
        self._finish(f"{self._walk.name}, to begin with")
        for number in itertools.count(1):
            self._begin()
            holder.arm(number)
            outcome = self._run(self._walk.operation, steps.Steps(0, steps.kill))
            was_killed, what = holder.was_killed(), f"{self._walk.name}: the holder is killed before step {number}"
            holder.disarm()
            if was_killed:
                self.tried += 1
                self._judge(what, outcome, old, new)
            self._finish(what)
            if not was_killed:
                return

    def _judge(self, what: str, outcome: trial.Outcome, old: Sight, new: Sight) -> None:
        """See that what failed says so in a sentence and has done nothing, or all of it; and that all else is done."""
        result = outcome.result or {"failed": True}
        said, failed = result.get("msg", ""), result.get("failed", False)
        if failed and not is_sentence(said):
            self.faults.append(f"{what}: no sentence: {said!r}")
        what = f"{what}, which says {said!r}"
        now = self._look() if failed else self._after(self._walk.then, what)
        if failed and self._walk.goes_on:
            self._report(what, "is a mixture", sight.mixtures(now, [old, new]))
            failed, now = False, self._after([self._walk.operation], what)
        elif result.get("not_rehearsed"):
            now = self._after([self._walk.operation], what)  # the record has it once a run was rehearsed
        if not failed or sight.differences(now, new):
            self._report(what, "is wrong", sight.differences(now, old if failed else new))

    def _happen(self, event: Event, number: int) -> tuple[trial.Outcome, str]:
        """Begin the operation, and let it happen; return how it went and what to call it."""
        self._begin()
        let_time_pass_for(self._walk.operation)
        counted = steps.Steps(number, event.happen, event.after, event.only)
        outcome = self._run(self._walk.operation, counted, *([event.prepare(number)] if event.prepare else []))
        self.tried += bool(outcome.step)
        return outcome, f"{self._walk.name}: {event.name} step {number} ({outcome.step})"

    def _make_ready(self) -> None:
        subprocess.run(["sh", "-c", self._walk.ready], check=True)

    def _begin(self) -> Sight:
        self._make_ready()
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

    def _run(self, program: Program, counted: steps.Steps, *prepare: Prepare) -> trial.Outcome:
        return trial.run(program, counted, *self._prepare, *prepare)

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


def is_sentence(text: str) -> bool:
    """Whether it is what a person can read: one line that begins and ends as a sentence does."""
    return text[-1:] == "." and "\n" not in text and "Traceback" not in text
