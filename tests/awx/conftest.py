# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the tests of AWX: its objects, and an AWX that stores them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import objects
from .guide import Follower
from .launcher import Launcher, synchronized
from .runner import JobRun
from .simulator import Simulator, serving

BIN = Path(sys.executable).parent


def command(argv):
    """The environment with the Ansible programs of this interpreter."""
    program, *arguments = argv
    return [BIN / program, *arguments], dict(os.environ)


@pytest.fixture(name="found", scope="session")
def fixture_found(tmp_path_factory) -> objects.Objects:
    """The objects, with a report folder in which a test may write."""
    return objects.load(fleet_ports_awx_report_dir=str(tmp_path_factory.mktemp("reports")))


@pytest.fixture(scope="session")
def launcher(found, tmp_path_factory) -> Callable[[Path], Launcher]:
    """An AWX with the inventory of a file."""
    return lambda path: Launcher(found, synchronized(path, command), command, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="session")
def runs() -> list[JobRun]:
    """The jobs that were launched by the API."""
    return []


@pytest.fixture(name="awx", scope="session")
def fixture_awx(launcher, runs) -> Iterator[Simulator]:
    """An AWX with an API, which also has the address of its API."""

    def launch(name, posted):
        ran = launcher(objects.PROJECT / "inventory.yml").launch(
            name, posted.get("limit", ""), **posted.get("extra_vars", {})
        )
        runs.extend(ran)
        return all(run.status == 0 for run in ran)

    simulator = Simulator(launch)
    with serving(simulator) as address:
        simulator.address = address
        yield simulator


@pytest.fixture(scope="session")
def followed(awx, tmp_path_factory) -> tuple[Follower, subprocess.CompletedProcess[str]]:
    """A user who has followed the guide, and the output of the commands."""
    user = Follower(tmp_path_factory.mktemp("home"), awx.address)
    return user, user.follow()
