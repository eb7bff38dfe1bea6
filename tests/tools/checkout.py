# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A copy of the work tree where Ansible wants a collection to be: ``…/ansible_collections/fleet/ports``, in git."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .places import CACHE, REPOSITORY, digest


def path() -> Path:
    """Where the copy of this repository is kept."""
    return CACHE / "checkout" / digest(str(REPOSITORY)) / "ansible_collections" / "fleet" / "ports"


@contextmanager
def fresh() -> Iterator[None]:
    """Have an up-to-date copy to oneself: two runs in one copy would count each other's reports."""
    path().mkdir(parents=True, exist_ok=True)
    with open(path().parents[2] / "lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another test run of this work tree to end.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        _refresh()
        yield


def _refresh() -> None:
    """Bring the copy up to date with every file that git tracks or would track; touch only what differs."""
    copy = path()
    if not (copy / ".git").exists():
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(copy)], check=True)
    wanted = _names(REPOSITORY)
    for name in _names(copy) - wanted:
        (copy / name).unlink()
    for name in wanted:
        _copy(REPOSITORY / name, copy / name)
    shutil.rmtree(copy / "tests" / "output", ignore_errors=True)


def _names(top: Path) -> set[str]:
    # The repository may belong to another user than the one who tests it.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(top), "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True)
    names = os.fsdecode(listed.stdout).split("\0")
    return {name for name in names if name and (os.path.lexists(top / name))}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.unlink(missing_ok=True)
        target.symlink_to(source.readlink())
        return
    was, new = (target.stat() if target.exists() else None), source.stat()
    if was is None or (was.st_size, was.st_mtime_ns, was.st_mode) != (new.st_size, new.st_mtime_ns, new.st_mode):
        shutil.copy2(source, target)
