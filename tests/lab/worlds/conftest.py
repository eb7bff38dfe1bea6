# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of worlds share: how many worlds there are, and the count of all that was tried."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from .tally import Tally
from .trial import Report

TALLY = pytest.StashKey[Tally]()
# Of a run among all tests; `make soak` tries many more.
WORLDS = int(os.environ.get("WORLDS", "40"))
FIRST_WORLD = int(os.environ.get("FIRST_WORLD", "0"))


def pytest_configure(config: pytest.Config) -> None:
    """Count from zero; and have each of several processes stay on a processor of its own."""
    config.stash[TALLY] = Tally()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[int(worker.removeprefix("gw")) % len(processors)]})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have one test for each generated world."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", [str(seed) for seed in range(FIRST_WORLD, FIRST_WORLD + WORLDS)])


@pytest.fixture(scope="session")
def count(request: pytest.FixtureRequest) -> Callable[[Report], None]:
    """Count a world that was tried."""
    return request.config.stash[TALLY].add


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over the count of one of several processes."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["worlds"] = session.config.stash[TALLY].as_numbers()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Take over the count of such a process."""
    node.config.stash[TALLY].add_numbers(getattr(node, "workeroutput", {}).get("worlds", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much was tried."""
    for line in config.stash[TALLY].lines():
        terminalreporter.write_line(line)
