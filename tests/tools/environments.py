# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments, made once for each set of requirements and kept in the cache."""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path

from . import interpreters
from .places import CACHE, REQUIREMENTS, digest
from .set_up import quietly


def environment(interpreter: Path, *requirements: str) -> Path:
    """The ``bin`` folder of an environment; each requirements file is one run of pip, so a pip can come first."""
    files = [REQUIREMENTS / f"{name}.txt" for name in requirements]
    key = digest(str(interpreter), interpreters.full_version(interpreter), *(file.read_bytes() for file in files))
    place = CACHE / "venv" / f"{requirements[-1]}-{key}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{place}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            _make(place, interpreter, files)
            (place / "complete").touch()
    return place / "bin"


def _make(place: Path, interpreter: Path, files: list[Path]) -> None:
    print(f"    making {place.name} with {interpreter}", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    what = f"The environment {place.name}"
    quietly(what, [interpreter, "-m", "venv", place])
    for file in files:
        quietly(what, [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                       "--no-input", "--requirement", file])
