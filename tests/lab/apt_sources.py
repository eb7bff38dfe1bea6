# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where this machine gets Debian from: the root trees are made from the same mirrors, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .command import LabError

APT = Path("/etc/apt")
OS_RELEASE = Path("/etc/os-release")


def codename(os_release: str) -> str:
    """The Debian release that this machine runs, and so the lab's hosts run."""
    facts = dict(line.partition("=")[::2] for line in os_release.splitlines())
    if facts.get("ID") != "debian" or not facts.get("VERSION_CODENAME"):
        system = facts.get("PRETTY_NAME", "an unknown system")
        raise LabError(f"the lab's hosts are made of this machine's own Debian packages, and this is {system}.")
    return facts["VERSION_CODENAME"].strip('"')


def debian_sources(codename: str) -> str:
    """This machine's sources of Debian itself, in apt's own format, without third parties'."""
    suites = {codename, f"{codename}-updates", f"{codename}-security"}
    files = [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]
    stanzas = [
        stanza
        for file in files
        if file.suffix in (".list", ".sources") and file.exists()
        for stanza in (_deb822 if file.suffix == ".sources" else _one_line)(file.read_text())
        if suites & set(stanza["Suites"].split()) and "main" in stanza["Components"].split()
    ]
    if not stanzas:
        raise LabError(f"no source of Debian {codename} stands in {APT}: the lab's hosts are made of its packages.")
    return "\n".join("".join(f"{name}: {value}\n" for name, value in stanza.items()) for stanza in stanzas)


def _deb822(text: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        stanza = dict(re.findall(r"(?m)^([\w-]+):\s*(.*(?:\n[ \t].*)*)", block))
        wanted = stanza.get("Enabled", "yes").strip() != "no" and "deb" in stanza.get("Types", "").split()
        if wanted and {"Suites", "Components"} <= set(stanza):
            yield stanza | {"Types": "deb"}


def _one_line(text: str) -> Iterator[dict[str, str]]:
    for options, uri, suite, components in re.findall(r"(?m)^deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#\n]+)", text):
        signed_by = re.findall(r"signed-by=(\S+)", options)
        stanza = {"Types": "deb", "URIs": uri, "Suites": suite, "Components": components.strip()}
        yield stanza | ({"Signed-By": signed_by[0]} if signed_by else {})
