# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of nftables, loaded into the kernel and read back, in a temporary network namespace."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterable, Iterator

from .regions import ANY_PORT, EVERYWHERE, Region, Span, network, ports

_APART = ["unshare", "--net", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
# An /etc with no more in it than leads to the programs.
_PREPARED = "mount -t tmpfs none /mnt; cp -a /etc/alternatives /mnt; mount --move /mnt /etc"


def in_a_network_of_its_own(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script with these arguments, with its own network namespace and its own /etc."""
    argv = [*_APART, "sh", "-euc", f"{_PREPARED}\n{script}", "sh", *map(str, arguments)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def passing(listing: str) -> Iterator[tuple[str, Region]]:
    """The packets that a ruleset (output of ``nft -j list ruleset``) accepts as new connections, with their hook."""
    kinds: dict[str, list[dict]] = {"chain": [], "rule": [], "set": []}
    for item in json.loads(listing)["nftables"]:
        for kind, found in item.items():
            kinds.get(kind, []).append(found)
    sets = {_place(each, each["name"]): each.get("elem", []) for each in kinds["set"]}
    rules: dict[tuple, list[dict]] = {}
    for rule in kinds["rule"]:
        rules.setdefault(_place(rule, rule["chain"]), []).append(rule)
    for chain in kinds["chain"]:
        if "hook" in chain:
            assert chain["policy"] == "drop", chain
            for region in _accepted(_place(chain, chain["name"]), rules, sets):
                yield chain["hook"], region


def _place(thing: dict, name: str) -> tuple:
    return thing["family"], thing["table"], name


def _accepted(place: tuple, rules: dict, sets: dict) -> Iterator[Region]:
    for rule in rules.get(place, []):
        jumps = [each["jump"]["target"] for each in rule["expr"] if "jump" in each]
        for target in jumps:
            yield from _accepted((*place[:2], target), rules, sets)
        if {"accept": None} in rule["expr"] and not _is_reply(rule["expr"]):
            yield from _regions(rule["expr"], place, sets)


def _is_reply(expressions: list[dict]) -> bool:
    matches = [each["match"] for each in expressions if "match" in each]
    return any("new" not in match["right"] for match in matches if match["left"] == {"ct": {"key": "state"}})


def _regions(expressions: list[dict], place: tuple, sets: dict) -> Iterable[Region]:
    found: dict[str, list] = {}
    kinds = {"tcp", "udp"}
    family = None
    for expression in expressions:
        field = expression.get("match", {}).get("left", {}).get("payload")
        if field is None:
            assert set(expression) <= {"accept", "counter"} or "ct" in str(expression), expression
            continue
        right = expression["match"]["right"]
        if field["protocol"] in ("ip", "ip6"):
            family = {"ip": 4, "ip6": 6}[field["protocol"]]
            items = sets[(*place[:2], right[1:])] if isinstance(right, str) and right.startswith("@") else _items(right)
            found[field["field"]] = [_span(item) for item in items]
        else:
            kinds &= {field["protocol"]}
            found[field["field"]] = [ports(_range(item)) for item in _items(right)]
    everywhere = [network(EVERYWHERE[family])[1]]
    product = itertools.product(
        sorted(kinds), found.get("saddr", everywhere), found.get("sport", [ANY_PORT]),
        found.get("daddr", everywhere), found.get("dport", [ANY_PORT]),
    )  # fmt: skip
    return (Region(family, *each) for each in product)


def _items(right) -> list:
    return right["set"] if isinstance(right, dict) and "set" in right else [right]


def _span(item) -> Span:
    """Return the addresses of an element: a single address, a prefix or a range."""
    if not isinstance(item, dict):
        return network(item)[1]
    if "prefix" in item:
        return network(f"{item['prefix']['addr']}/{item['prefix']['len']}")[1]
    first, last = item["range"]
    return network(first)[1][0], network(last)[1][1]


def _range(item) -> str:
    return f"{item['range'][0]}-{item['range'][1]}" if isinstance(item, dict) else str(item)
