# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is like: all files where ours and those that we edit are, and what is in force."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .live import TABLES

FOLDERS = ("/etc", "/var/lib/fleet.ports", "/var/lib/systemd/timers")
OURS = "/var/lib/fleet.ports"
TEMPORARY = ".fleet.ports-"


class Sight(NamedTuple):
    """``files``: what is at each path; ``live``: what is in force, by name."""

    files: dict[str, str]
    live: dict[str, str]


def look(live: dict[str, Callable[[], str]]) -> Sight:
    """Look at this host."""
    files = {path: _what(path) for folder in FOLDERS for path in _paths(folder)}
    return Sight(files, {name: ask() for name, ask in live.items()})


def differences(now: Sight, wanted: Sight) -> list[str]:
    """Where a host is not as it was to be."""
    found = [path for path in _all(now.files, wanted.files) if now.files.get(path) != wanted.files.get(path)]
    return found + [name for name in wanted.live if now.live[name] != wanted.live[name]]


def mixtures(now: Sight, known: list[Sight]) -> list[str]:
    """What is like it was in none of the known states: half a file, or a table of two."""
    found = []
    for path in _all(now.files, *(each.files for each in known)):
        if now.files.get(path) not in [each.files.get(path) for each in known] and not _is_whole(path):
            found.append(path)
    tables = [name for name in now.live if name in TABLES]
    return found + [name for name in tables if now.live[name] not in [each.live[name] for each in known]]


def _all(*files: dict[str, str]) -> list[str]:
    return sorted(set().union(*files))


def _is_whole(path: str) -> bool:
    """Whether what only we read, and what differs from run to run, is whole in itself."""
    name = os.path.basename(path)
    if name.startswith(TEMPORARY):
        return True  # nobody reads it, and the next run takes it away
    if not path.startswith(OURS):
        return False
    if os.path.isdir(path) or name in ("lock", "at"):
        return True
    if name.endswith(".zip"):
        return zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
    return isinstance(json.loads(Path(path).read_text()), dict)


def _paths(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        yield parent
        for name in files + [each for each in folders if os.path.islink(os.path.join(parent, each))]:
            yield os.path.join(parent, name)


def _what(path: str) -> str:
    found = os.lstat(path)
    about = f"{stat.filemode(found.st_mode)} {found.st_uid}:{found.st_gid} "
    if stat.S_ISLNK(found.st_mode):
        return about + os.readlink(path)
    return about + (Path(path).read_bytes().decode("latin-1") if stat.S_ISREG(found.st_mode) else "")
