# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All commands, variables and files that the documents name exist."""

from __future__ import annotations

import re
from functools import cache

from . import pages

_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`|^ {4}[^\n]+$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\b(?:nim|nfs_ports|port_blocker|rmcp_services|fleet_ports)_[a-z_]+\b(?![./-])")
_PATH = re.compile(r"(?:plugins|roles|playbooks|tests|docs|awx|meta|changelogs)/[\w./-]+")


def code(text: str) -> str:
    """The code in a document."""
    return "\n".join(_CODE.findall(text))


@cache
def sources() -> str:
    """Everything that can define a name: the sources, and the folder for AWX."""
    files = (
        file
        for folder in ("plugins", "roles", "playbooks", "awx", "tests/lab", "docs/examples")
        for kind in ("*.py", "*.yml")
        for file in (pages.REPOSITORY / folder).rglob(kind)
    )
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def names() -> set[str]:
    """The words of the sources."""
    return set(re.findall(r"\w+", sources()))


def test_variables(text):
    unknown = {name for name in _VARIABLE.findall(code(text)) if not name.endswith("_")} - names()
    assert not unknown, f"no such variable: {', '.join(sorted(unknown))}"


def test_names_of_the_collection(text):
    for name in set(re.findall(r"(?<![/\w.])fleet\.ports\.(\w+)", code(text))):
        there = (f"plugins/modules/{name}.py", f"plugins/filter/{name}.py", f"playbooks/{name}.yml", f"roles/{name}")
        assert any((pages.REPOSITORY / path).exists() for path in there), f"no such thing: fleet.ports.{name}"


def test_targets_of_make(text):
    targets = re.findall(r"^([a-z-]+(?: [a-z-]+)*):", (pages.REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    known = {target for line in targets for target in line.split()}
    named = set(re.findall(r"(?:^|`)\s*make ([a-z][a-z-]*)", code(text), re.MULTILINE))
    assert named <= known


def test_programs_of_the_repository(text):
    for module in set(re.findall(r"python3 -m (tests[\w.]*)", code(text))):
        path = pages.REPOSITORY / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), f"no such program: {module}"


def test_paths(path, text):
    folder = (pages.REPOSITORY / path).parent
    for name in re.findall(r"`([^`\s]+)`", text):
        if _PATH.fullmatch(name):
            assert (pages.REPOSITORY / name).exists() or (folder / name).exists(), f"no such file: {name}"


def test_what_is_not_there_is_noticed():
    invented = code("Set `nim_moon_phase`, or\n\n```sh\nmake moonlight\n```\n\n    -e fleet_ports_moon=1\n")
    assert set(_VARIABLE.findall(invented)) == {"nim_moon_phase", "fleet_ports_moon"}
    assert not {"nim_moon_phase", "fleet_ports_moon"} & names()
    assert _PATH.fullmatch("plugins/plugin_utils/_moon.py")
