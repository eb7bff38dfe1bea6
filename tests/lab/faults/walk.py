# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A walk through every step of one operation: at each something happens, and the host is looked at before and after.

An operation leads from one state of the host to another. Whatever happens in it, each file and each table is that of
the one or of the other; and the next run, whether it is the same again or gives the host back, ends where it should.
``python3 -m ….walk`` reads walks from its standard input, as JSON, and says what it found.
"""

from __future__ import annotations

import json
import sys
from typing import NamedTuple

from . import sight, steps, trial
from .live import LIVE
from .sight import Sight
from .trial import Program

class Event(NamedTuple):
    """What happens, before a step or after it; with ``only`` at steps of this name."""

    name: str
    happen: steps.Happen
    after: bool = False
    only: str = ""


KILLS = (
    Event("killed before", steps.kill),
    Event("killed after", steps.kill, after=True),
    Event("killed together with", steps.kill_all, after=True, only=steps.START),
)


class Walk(NamedTuple):
    """``before`` are the programs that lead to the state in which the operation begins; ``back`` gives the host back."""

    name: str
    before: list[Program]
    operation: Program
    back: Program
    live: list[str]


class Walker:
    """Walks on this host."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._live = {name: LIVE[name] for name in walk.live}
        self.tried = 0
        self.faults: list[str] = []

    def kills(self) -> None:
        """Kill it at each step."""
        pristine = self._look()
        old = self._begin()
        self._must(self._walk.operation)
        new = self._look()
        self._must(self._walk.back)
        self._expect("giving back at the start", pristine)
        for event in KILLS:
            number = 1
            while self._kill(event, number, pristine, old, new):
                number += 1

    def _kill(self, event: Event, number: int, pristine: Sight, old: Sight, new: Sight) -> bool:
        """Tell whether there was a step of this number."""
        for again in (True, False):
            self._begin()
            outcome = trial.run(self._walk.operation, steps.Steps(number, event.happen, event.after, event.only))
            if not outcome.killed:
                self._must(self._walk.back)
                return False
            self.tried += 1
            what = f"{self._walk.name}: {event.name} step {number} ({outcome.step})"
            self._report(what, "is a mixture", sight.mixtures(self._look(), [old, new]))
            if again:
                self._must(self._walk.operation, what)
                self._expect(f"{what}, run again", new)
            self._must(self._walk.back, what)
            self._expect(f"{what}, given back", pristine)
        return True

    def _begin(self) -> Sight:
        for program in self._walk.before:
            self._must(program)
        return self._look()

    def _look(self) -> Sight:
        return sight.look(self._live)

    def _must(self, program: Program, what: str = "to begin with") -> None:
        outcome = trial.run(program, steps.Steps(0, steps.kill))
        if outcome.result is None or outcome.result.get("failed"):
            self.faults.append(f"{what}: {program.name} says {outcome.result}")

    def _expect(self, what: str, wanted: Sight) -> None:
        self._report(what, "is not as it should be", sight.differences(self._look(), wanted))

    def _report(self, what: str, how: str, where: list[str]) -> None:
        if where:
            self.faults.append(f"{what}: {', '.join(where)} {how}")


def main() -> None:
    """Walk, and say how many steps were tried and what was wrong."""
    given = json.load(sys.stdin)
    programs = {key: Program(*given[key]) for key in ("operation", "back")}
    walker = Walker(Walk(given["name"], [Program(*each) for each in given["before"]], live=given["live"], **programs))
    walker.kills()
    json.dump({"tried": walker.tried, "faults": walker.faults}, sys.stdout)


if __name__ == "__main__":
    main()
