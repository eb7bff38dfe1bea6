# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a managed node compiles of the collection in a run without changes, by concern.

Modules reach a host in a zip without byte code, so that each import is a compilation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from .figures import Figure
from .playbook import REPOSITORY
from .plays import SITE, Plays

CONCERNS = ("services", "holds", "pins", "flows")
COLLECTION = "ansible_collections.fleet.ports."
OF_ANSIBLE = "ansible."


def figures(plays: Plays, hosts: Mapping[str, str]) -> Iterator[Figure]:
    """Yield the files of each concern alone, and of all; ``hosts`` are named by the packet filter they have.

    All of them have the concern of flows, and the last one has all concerns.
    """
    *_others, host = hosts.values()
    for concern in CONCERNS[:-1]:
        yield _figure(plays, concern, host, concern)
    for backend, each in hosts.items():
        yield _figure(plays, f"flows, {backend}", each, "flows")
    yield _figure(plays, "all concerns", host, ",".join(CONCERNS))


def file_of(module: str) -> Path | None:
    """Return the file of a module of the collection, None if it has none that is worth to be compiled."""
    path = REPOSITORY.joinpath(*module.removeprefix(COLLECTION).split("."))
    found = (file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists() and file.stat().st_size)
    return next(found, None)


def _figure(plays: Plays, what: str, host: str, concerns: str) -> Figure:
    imports = plays.imports(SITE, host, "-e", f"fleet_ports_concerns={concerns}")
    of_collection = {name: file for name in imports if name.startswith(COLLECTION) and (file := file_of(name))}
    of_ansible = {name for name in imports if name.startswith(OF_ANSIBLE)}
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in of_collection.values())
    how = (
        f"{lines:,} lines, imported in {_milliseconds(imports, of_collection)} ms; besides {len(of_ansible)} files of "
        f"Ansible in {_milliseconds(imports, of_ansible)} ms"
    )
    return Figure(f"files compiled on a host: {what}", len(of_collection), None, "", how)


def _milliseconds(imports: Mapping[str, int], names) -> int:
    return round(sum(imports[name] for name in names) / 1000)
