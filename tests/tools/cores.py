# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The releases of ansible-core that the collection is tested on, and the Python that runs each here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import interpreters
from .environments import environment
from .set_up import SetUpError


@dataclass(frozen=True)
class Release:
    """One line of ansible-core, with the Pythons it may be run by, the one to be preferred first."""

    version: str
    pythons: tuple[str, ...]


@dataclass(frozen=True)
class Core:
    """A release together with the interpreter that runs it on this machine."""

    version: str
    python: str
    interpreter: Path

    @property
    def bin(self) -> Path:
        """The programs of this core, pytest among them."""
        return environment(self.interpreter, f"core-{self.version}")

    def __str__(self) -> str:
        return f"ansible-core {self.version} on Python {self.python}"


# The oldest with its oldest Python and the newest with its newest: what lies between is the easier case.
RELEASES = (
    Release("2.16", ("3.10", "3.11", "3.12")),
    Release("2.19", ("3.11", "3.12", "3.13")),
    Release("2.21", ("3.14", "3.13", "3.12")),
)


def cores() -> list[Core]:
    """The releases that an interpreter of this machine can run, oldest first."""
    found = [
        Core(release.version, python, interpreter)
        for release in RELEASES
        for python in [next((p for p in release.pythons if interpreters.find(p)), None)]
        if python and (interpreter := interpreters.find(python))
    ]
    if not found:
        raise SetUpError("No Python from 3.10 on with venv was found; on Debian install python3 and python3-venv.")
    return found


def absent() -> list[str]:
    """One sentence for each release that no interpreter of this machine can run."""
    here = {core.version for core in cores()}
    return [
        f"ansible-core {release.version} is not tested here: it needs Python {' or '.join(sorted(release.pythons))}."
        for release in RELEASES
        if release.version not in here
    ]
