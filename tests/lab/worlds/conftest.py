# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of worlds share: their count, and how many worlds are made."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from .tally import Tally
from .trial import Report

TALLY = pytest.StashKey[Tally]()
# Of a run among all tests; `make soak` tries many more.
WORLDS = int(os.environ.get("WORLDS", "60"))


def pytest_configure(config: pytest.Config) -> None:
    """Count from zero."""
    config.stash[TALLY] = Tally()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much was tried."""
    for line in config.stash[TALLY].lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def count(request: pytest.FixtureRequest) -> Callable[[Report], None]:
    """Count a world that was tried."""
    return request.config.stash[TALLY].add


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have one test for each generated world."""
    if "seed" in metafunc.fixturenames:
        first = int(os.environ.get("FIRST_WORLD", "0"))
        metafunc.parametrize("seed", [str(number) for number in range(first, first + WORLDS)])
