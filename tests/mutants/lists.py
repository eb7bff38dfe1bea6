# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two lists: which files are mutated, and which mutants may survive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.tools import mirror

from .mutate import Mutant

_TARGETS = Path(__file__).with_name("targets.txt")
_SURVIVORS = Path(__file__).with_name("survivors.txt")


@dataclass(frozen=True)
class Survivor:
    """A mutant that may survive, and the line of the list that says so."""

    file: str
    change: tuple[str, ...]
    line: int

    def is_(self, mutant: Mutant) -> bool:
        """Whether the mutant is this one, wherever in its file."""
        return (self.file, self.change) == (mutant.file, mutant.change)


def targets() -> dict[str, list[str]]:
    """The files below plugins, each with the tests that cover it."""
    files = [line for _number, line in _lines(_TARGETS) if line]
    return {file: [f"tests/unit/plugins/{test}" for test in mirror.tests_of(file)] for file in files}


def survivors() -> list[Survivor]:
    """The mutants that may survive: a file, below it blocks of the changed lines, each under its reason."""
    found, file, change, begin = [], "", [], 0
    for number, line in [*_lines(_SURVIVORS), (0, "")]:
        if line.startswith(("- ", "+ ")):
            begin = begin if change else number
            change.append(line)
            continue
        if change:
            found.append(Survivor(file, tuple(change), begin))
            change = []
        if line.endswith(".py"):
            file = line
    return found


def _lines(path: Path) -> list[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
