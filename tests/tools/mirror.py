# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which unit tests cover a file of plugins: those of its name, or what ``covered_elsewhere.txt`` says.

Paths of files are relative to ``plugins``, those of tests to ``tests/unit/plugins``.
"""

from __future__ import annotations

import ast
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
TESTS = PLUGINS.parent / "tests" / "unit" / "plugins"
TABLE = TESTS.parent / "covered_elsewhere.txt"


def files() -> set[str]:
    """All the files of plugins."""
    return {str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py")}


def does_something(file: str) -> bool:
    """Whether a file defines any function: documentation and plain data have nothing to test."""
    tree = ast.parse((PLUGINS / file).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def tests() -> set[str]:
    """All the files of tests of plugins."""
    return {str(path.relative_to(TESTS)) for path in TESTS.rglob("test_*.py")}


def namesake(file: str) -> str:
    """The tests of a file that stand where it does and are called as it is."""
    folder, slash, name = file.rpartition("/")
    return f"{folder}{slash}test_{name}"


def table() -> list[tuple[str, str]]:
    """The lines of the table, each a file and the tests that cover it."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


def tests_of(file: str) -> list[str]:
    """All the tests that cover a file."""
    own = namesake(file)
    return [own] * (own in tests()) + [test for covered, test in table() if covered == file]
