# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of conformance start from: a site in order, for each fleet and profile, and the count they share."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from ..lab import Lab
from .site import Site
from .tally import Mismatch, Tally

HOSTS = ("master01", "gateway01", "client01", "client02")
SITES = (
    ("master_on_nftables", "documented"),
    ("master_on_nftables", "working"),
    ("master_on_firewalld", "working"),
    ("master_on_firewalld", "documented"),
)
SHOWN = 20
TALLY = pytest.StashKey[Tally]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a developer try the same packets again."""
    parser.addoption("--seed", metavar="HEX", default=secrets.token_hex(4), help="what random packets are drawn from")


def pytest_configure(config: pytest.Config) -> None:
    """Count from zero."""
    config.stash[TALLY] = Tally()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many packets were tried, and how to try the same again."""
    lines = config.stash[TALLY].lines()
    for line in lines:
        terminalreporter.write_line(line)
    if lines:
        terminalreporter.write_line(f"conformance: random packets drawn with --seed {config.getoption('--seed')}")


@pytest.fixture(scope="session")
def lab_hosts() -> tuple[str, ...]:
    """A master, a gateway, and a client with each packet filter."""
    return HOSTS


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> str:
    """What random packets are drawn from."""
    return request.config.getoption("--seed")


@pytest.fixture(scope="session", params=SITES, ids=":".join)
def site(request: pytest.FixtureRequest, lab: Lab) -> Site:
    """A fleet in order, in one profile."""
    return Site(lab, *request.param)


@pytest.fixture(scope="session")
def judge(request: pytest.FixtureRequest) -> Callable[[str, int, list[Mismatch]], None]:
    """Count what was tried, and fail if anything went another way than the matrix says."""

    def count(enforced_by: str, tried: int, mismatches: list[Mismatch]) -> None:
        request.config.stash[TALLY].add(enforced_by, tried, mismatches)
        shown = "\n".join(map(str, mismatches[:SHOWN]))
        assert not mismatches, f"{len(mismatches)} mismatches, of which the first are:\n{shown}"

    return count
