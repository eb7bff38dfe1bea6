# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the walks start from: their hosts, and the count that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from ..lab import Lab
from ..part import CHOICE, OFFSET, STRIDE
from .tours import TOURS
from .walked_host import Found, WalkedHost

KILLS = pytest.StashKey[Counter[str]]()
LOST = pytest.StashKey[Counter[str]]()
SHOWN = 20


def pytest_configure(config: pytest.Config) -> None:
    """Count from zero."""
    config.stash[KILLS], config.stash[LOST] = Counter(), Counter()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how often something happened, and what became of the hosts."""
    tried, lost = config.stash[KILLS], config.stash[LOST]
    for name in sorted(tried):
        terminalreporter.write_line(f"faults: {name}: {tried[name]:,}, states lost: {lost[name]:,}")
    if tried:
        terminalreporter.write_line(f"faults: {tried.total():,} ({CHOICE}), states lost: {lost.total():,}")


@pytest.fixture(scope="session")
def lab_hosts() -> tuple[str, ...]:
    """The hosts that the tours are on."""
    return tuple(sorted({tour.host for tour in TOURS.values()}))


@pytest.fixture(scope="session")
def walked(lab: Lab) -> dict[str, WalkedHost]:
    """The hosts, ready to walk."""
    return {name: WalkedHost(lab, name, OFFSET, STRIDE) for name in {tour.host for tour in TOURS.values()}}


@pytest.fixture(scope="session")
def judge(request: pytest.FixtureRequest) -> Callable[[str, Found], None]:
    """Count what was tried, and fail if anything was lost."""

    def count(name: str, found: Found) -> None:
        request.config.stash[KILLS][name] += found.tried
        request.config.stash[LOST][name] += len(found.faults)
        assert found.tried, "nothing was tried"
        assert not found.faults, f"{len(found.faults)} states lost, of which the first are:\n" + "\n".join(
            found.faults[:SHOWN]
        )

    return count
