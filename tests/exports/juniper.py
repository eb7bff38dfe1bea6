# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration of Junos: braces and statements, read into a tree; its global policies with resolved names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .regions import Region, regions

_TOKEN = re.compile(r"/\*.*?\*/|[{};]|\[[^]]*\]|[^\s{};\[\]]+", re.DOTALL)


def srx(text: str) -> Iterator[Region]:
    config = _read(text)
    books, sets = _book(config["security"]["address-book"]["global"])
    applications = _applications(config["applications"])
    for name, policy in config["security"]["policies"]["global"].items():
        match = policy["match"]
        assert policy["then"] == {"permit": None}, name
        for application in applications[match["application"]]:
            yield from regions(
                application["protocol"],
                [books[member] for group in _listed(match["source-address"]) for member in sets[group]],
                [application["source-port"]],
                [books[member] for group in _listed(match["destination-address"]) for member in sets[group]],
                [application["destination-port"]],
            )


def _book(entries: dict) -> tuple[dict, dict]:
    addresses = {key.split()[1]: key.split()[2] for key in entries if key.startswith("address ")}
    sets = {
        key.split()[1]: [member.split()[1] for member in members]
        for key, members in entries.items()
        if key.startswith("address-set ")
    }
    return addresses, sets


def _applications(entries: dict) -> dict[str, list[dict]]:
    """The terms of each application set."""
    single = {}
    for key, terms in entries.items():
        if key.startswith("application "):
            words = [term.split()[2:] for term in terms]
            single[key.split()[1]] = [dict(zip(term[::2], term[1::2])) for term in words]
    return {
        key.split()[1]: [term for member in members for term in single[member.split()[1]]]
        for key, members in entries.items()
        if key.startswith("application-set ")
    }


def _read(text: str) -> dict:
    """Return the tree: ``{"policies": {"global": …}}``, statements of several words under all of them."""
    root: dict = {}
    above, words = [root], []
    for token in _TOKEN.findall(text):
        if token.startswith("/*"):
            continue
        if token == "{":
            key = words[-1] if words[0] == "policy" else " ".join(words)
            above.append(above[-1].setdefault(key, {}))
            words = []
        elif token == "}":
            above.pop()
        elif token == ";":
            if words[0] in ("source-address", "destination-address", "application") and len(above) == 6:
                above[-1][words[0]] = words[1]
            else:
                above[-1][" ".join(words)] = None
            words = []
        else:
            words.append(token)
    assert above == [root]
    return root


def _listed(value: str) -> list[str]:
    return value.strip("[]").split()
