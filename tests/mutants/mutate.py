# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mutants of a file: each is the whole file with one small fault."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from .operators import operators


@dataclass(frozen=True)
class Mutant:
    """``file`` is a path below plugins, ``change`` what was taken out of it and put in, line by line, with single spaces."""

    file: str
    code: str
    line: int
    change: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((f"plugins/{self.file}:{self.line}", *(f"    {line}" for line in self.change)))


def of_file(file: str, code: str) -> Iterator[Mutant]:
    """All the mutants of a file that are Python, and of those that mean the same, one."""
    known = {_meaning(code)}
    for operator in operators():
        positions = sum(1 for node in ast_nodes(get_ast(code)) for _position in operator.mutation_positions(node))
        for occurrence in range(positions):
            mutated = mutate_code(code, operator, occurrence)
            meaning = _meaning(mutated) if mutated else None
            if meaning and meaning not in known:
                known.add(meaning)
                yield Mutant(file, mutated, *_difference(code, mutated))


def _meaning(code: str) -> str | None:
    """What the code does, without what it says of types; None if it is no Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for annotation in {"annotation", "returns"}.intersection(node._fields):
            setattr(node, annotation, None)
    return ast.dump(tree)


def _difference(before: str, after: str) -> tuple[int, tuple[str, ...]]:
    """The first line that differs, and all that do."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    lines = [("-", line) for _tag, start, end, _start, _end in blocks for line in old[start:end]]
    lines += [("+", line) for _tag, _start, _end, start, end in blocks for line in new[start:end]]
    return blocks[0][1] + 1, tuple(f"{sign} {' '.join(line.split())}" for sign, line in lines if line.strip())
