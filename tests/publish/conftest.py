# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: the archive that the previous step built, and a user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.guides import REPOSITORY


class User:
    """A user with an empty home folder, which is the current folder, and the programs of this environment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = {
            "HOME": str(home),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
            "LC_ALL": "C.UTF-8",
        }

    def run(self, *words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            words, cwd=self.home, env={**self._environment, **settings}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(name="galaxy", scope="session")
def fixture_galaxy() -> dict:
    """The content of galaxy.yml."""
    return yaml.safe_load((REPOSITORY / "galaxy.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def archive(galaxy) -> Path:
    """The archive."""
    name = "{namespace}-{name}-{version}.tar.gz".format(**galaxy)
    built = REPOSITORY / "tests" / "output" / "build" / name
    if not built.exists():
        pytest.fail(f"{built} is missing: make build builds it, and runs these tests.")
    return built


@pytest.fixture(scope="session")
def user(tmp_path_factory) -> User:
    """A user without any files."""
    return User(tmp_path_factory.mktemp("home"))
