# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A script for FortiOS: ``config``, ``edit`` and ``set``, read into tables; the policies with resolved names."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from .regions import Region, regions

Table = dict[str, dict[str, list[str]]]


def policies(text: str) -> Iterator[Region]:
    tables = tables_of(text)
    groups = {4: _groups(tables, ""), 6: _groups(tables, "6")}
    for policy in tables["firewall policy"].values():
        assert (policy["action"], policy["srcintf"], policy["dstintf"]) == (["accept"], ["any"], ["any"])
        for service in policy["service"]:
            for protocol in ("tcp", "udp"):
                for pair in tables["firewall service custom"][service].get(f"{protocol}-portrange", []):
                    destination_ports, source_ports = pair.split(":")
                    for family, suffix in ((4, ""), (6, "6")):
                        yield from regions(
                            protocol,
                            _solved(policy.get(f"srcaddr{suffix}", []), groups[family]),
                            [source_ports],
                            _solved(policy.get(f"dstaddr{suffix}", []), groups[family]),
                            [destination_ports],
                        )


def tables_of(text: str) -> dict[str, Table]:
    """Return the tables by name; entries with the number 0 are new."""
    tables: dict[str, Table] = {}
    for line in filter(None, map(shlex.split, text.splitlines())):
        word, *rest = line
        if word == "config":
            table = tables.setdefault(" ".join(rest), {})
        elif word == "edit":
            entry = table.setdefault(f"new {len(table)}" if rest == ["0"] else rest[0], {})
        elif word == "set":
            entry[rest[0]] = rest[1:]
        else:
            assert word in ("next", "end"), line
    return tables


def _groups(tables: dict[str, Table], suffix: str) -> dict[str, list[str]]:
    addresses = {
        name: "/".join(entry.get("ip6") or entry["subnet"])
        for name, entry in tables.get(f"firewall address{suffix}", {}).items()
    }
    return {
        name: [addresses[member] for member in entry["member"]]
        for name, entry in tables.get(f"firewall addrgrp{suffix}", {}).items()
    }


def _solved(names: list[str], groups: dict[str, list[str]]) -> list[str]:
    return [address for name in names for address in groups[name]]
