# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real Python interpreters of this machine. A shim is a script that may stand for any version or for none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .places import CACHE

# The Pythons of controllers (3.10 on) and of old managed nodes (3.6 and 3.9 are those of RHEL 8 and 9).
VERSIONS = ("3.6", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")

_SELF_PORTRAIT = "import ensurepip, sys, venv; print('%d.%d.%d' % sys.version_info[:3])"


def _folders() -> Iterator[Path]:
    yield from (Path("/usr/bin"), Path("/usr/local/bin"))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/3.*/bin"), reverse=True)
    yield from (Path(folder) for folder in os.get_exec_path() if folder)


def _full_version(program: Path) -> str | None:
    """The version of an interpreter that can make virtual environments; None if it is a script or can't."""
    try:
        with program.open("rb") as stream:
            if stream.read(2) == b"#!":
                return None
        shown = subprocess.run([program, "-c", _SELF_PORTRAIT], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return shown.stdout.strip() or None


@cache
def find(version: str) -> Path | None:
    """The interpreter of a version ("3.11"), or None."""
    for folder in _folders():
        program = folder / f"python{version}"
        if (_full_version(program) or "").startswith(f"{version}."):
            return program
    return None


def full_version(program: Path) -> str:
    """The exact version of an interpreter that was found."""
    return _full_version(program) or "unknown"


def folder_of_links() -> Path:
    """A folder with nothing but links to the interpreters found: what ansible-test is to see on its PATH."""
    folder = CACHE / "interpreters"
    folder.mkdir(parents=True, exist_ok=True)
    for version in VERSIONS:
        link, program = folder / f"python{version}", find(version)
        if program and link.is_symlink() and link.readlink() == program:
            continue
        link.unlink(missing_ok=True)
        if program:
            link.symlink_to(program)
    return folder
