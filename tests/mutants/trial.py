# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests of one file, run on its mutants in a copy of the collection."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path

from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

from .mutate import Mutant

REPOSITORY = Path(__file__).resolve().parents[2]


class Copy:
    """A copy of the collection whose code may be broken."""

    def __init__(self, folder: Path):
        self._top = folder
        self._collection = folder / "ansible_collections" / "fleet" / "ports"
        ignored = shutil.ignore_patterns("__pycache__", "output")
        for name in ("plugins", "tests"):
            shutil.copytree(REPOSITORY / name, self._collection / name, symlinks=True, ignore=ignored)

    def seconds(self, tests: list[str]) -> float:
        """How long the tests take on the code as it is; they have to pass."""
        begun = time.monotonic()
        outcome, output = run_tests(self._command(tests), 300)
        if outcome is not TestOutcome.SURVIVED:
            raise SystemExit(f"{' '.join(tests)} fails without any mutation:\n{output}")
        return time.monotonic() - begun

    def kills(self, tests: list[str], mutant: Mutant, most_seconds: float) -> bool:
        """Whether the tests notice the fault; not to end in time is to notice it."""
        path = self._collection / "plugins" / mutant.file
        whole = path.read_bytes()
        path.write_text(mutant.code, encoding="utf-8")
        try:
            outcome, output = run_tests(self._command(tests), most_seconds)
        finally:
            path.write_bytes(whole)
        if outcome is TestOutcome.INCOMPETENT:
            raise SystemExit(output)
        return outcome is TestOutcome.KILLED

    def _command(self, tests: list[str]) -> str:
        return shlex.join([
            "env", "-C", str(self._collection), f"PYTHONPATH={self._top}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1",
            sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider",
            "--import-mode=importlib", *tests,
        ])  # fmt: skip
