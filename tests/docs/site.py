# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the site: write its pages, let antsibull-docs write the reference, and let Sphinx fail on any warning."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from . import pages, playbooks

BUILT = pages.REPOSITORY / "tests" / "output" / "docs"
SOURCE, HTML = BUILT / "source", BUILT / "html"
_BIN = Path(sys.executable).parent
_ANSIBLE = {
    "action_plugins": "plugins/action.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def make() -> Path:
    """Build the site again, and return its first page."""
    shutil.rmtree(BUILT, ignore_errors=True)
    _write_reference()
    _write_inventory()
    _lay_out()
    _run("sphinx-build", "-W", "--keep-going", "--quiet", "-b", "html",
         "-c", pages.REPOSITORY / "docs" / "site", SOURCE, HTML)
    return HTML / "index.html"


def _write_reference() -> None:
    folder = SOURCE / pages.REFERENCE
    # antsibull-docs refuses a folder that others can write into.
    folder.mkdir(parents=True, mode=0o755)
    _run("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--no-add-antsibull-docs-version",
         "--no-indexes", "--dest-dir", folder, "fleet.ports")
    # Titles of pages are sentences; a table of contents needs names.
    index = folder / "index.rst"
    text = index.read_text(encoding="utf-8")
    index.write_text(re.sub(r"^    (\w+)_(module|filter|role)$", r"    \1 <\1_\2>", text, flags=re.M), encoding="utf-8")


def _write_inventory() -> None:
    """Write the inventory of Ansible's documentation, which Sphinx would otherwise download."""
    header = "# Sphinx inventory version 2\n# Project: Ansible\n# Version:\n# Compressed by zlib.\n"
    labels = "".join(f"{label} std:label -1 {place}#{label.replace('_', '-')} -\n" for label, place in _ANSIBLE.items())
    (SOURCE / "ansible.inv").write_bytes(header.encode() + zlib.compress(labels.encode()))


def _lay_out() -> None:
    for path in pages.documents():
        target = SOURCE / pages.place_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(pages.page(path, _reference), encoding="utf-8")
    (SOURCE / playbooks.PLACE).write_text(playbooks.page(), encoding="utf-8")
    for path in pages.files():
        target = SOURCE / "files" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pages.REPOSITORY / path, target)


def _reference(name: str) -> str | None:
    """Return the page on a playbook, or on a module, a filter or a role, as antsibull-docs named it."""
    if name in playbooks.names():
        return playbooks.link(name)
    for kind in ("module", "filter", "role"):
        page = Path(pages.REFERENCE, f"{name}_{kind}.rst")
        if (SOURCE / page).exists():
            return str(page)
    return None


def _run(program: str, *arguments: str | Path) -> None:
    # antsibull-docs starts ansible-doc, which is beside it.
    environ = {**os.environ, "PATH": os.pathsep.join((str(_BIN), os.environ.get("PATH", os.defpath)))}
    subprocess.run([_BIN / program, *arguments], env=environ, check=True)
