# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lab's tests start from: the fleet that is up, a handle on each host, and playbooks to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .fleet import HOSTS
from .fresh import fresh_lab
from .handle import HostHandle
from .lab import Lab
from .playbook import PlaybookRun, run_playbook


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a developer keep a lab up between runs."""
    parser.addoption("--lab", metavar="NAME", help="use the lab of this name and leave it up, instead of a fresh one")
    parser.addoption("--new-lab", metavar="NAME", default="test", help="how to name the fresh lab (%(default)s)")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of tests that are not run on the oldest core as well."""
    config.addinivalue_line("markers", "any_core: run on the newest core only; cores make no difference to it")


@pytest.fixture(scope="session")
def lab_hosts() -> tuple[str, ...]:
    """The hosts that have to be up: all. Tests that need fewer say so in a conftest of their own."""
    return tuple(each.name for each in HOSTS)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest, lab_hosts: tuple[str, ...]) -> Iterator[Lab]:
    """The fleet, up."""
    kept = request.config.getoption("--lab")
    if not kept:
        fleet = fresh_lab(request.config.getoption("--new-lab"), lab_hosts)
        yield fleet
        fleet.down()
        return
    fleet = Lab(kept)
    if not fleet.hosts():
        fleet.up(lab_hosts)
    yield fleet


@pytest.fixture(scope="session")
def host(lab: Lab) -> Callable[[str], HostHandle]:
    """A host by its name."""
    return lambda name: HostHandle(lab, name)


@pytest.fixture(scope="session")
def playbook(lab: Lab) -> Callable[..., PlaybookRun]:
    """Run a playbook (its name, path, or plays as data) against the lab."""
    return lambda *arguments, **options: run_playbook(lab.controller, *arguments, **options)
