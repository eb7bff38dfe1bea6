# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the playbooks, from the comment at the top of each, as a page of the site."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from . import pages

PLACE = "playbooks.md"


def names() -> list[str]:
    """Return the names of the playbooks, in the order in which a user needs them."""
    found = {path.stem for path in (pages.REPOSITORY / "playbooks").glob("*.yml")}
    return sorted(found, key=lambda name: (name != "plan", name != "site", name))


def link(name: str) -> str:
    """Return the link to the section of a playbook."""
    return f"{PLACE}#fleetports{name}"


def page() -> str:
    """Return the page; indented lines of a comment are code."""
    parts = (f"## fleet.ports.{name}\n\n{_comment(pages.REPOSITORY / 'playbooks' / f'{name}.yml')}" for name in names())
    return "# Playbooks\n\n" + "\n".join(parts)


def _comment(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = itertools.takewhile(lambda line: line.startswith("#"), lines[1:])
    text = "".join(f"{line[2:]}\n" for line in head)
    return re.sub(r"^(?=  )", "  ", text, flags=re.MULTILINE)
