# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for nft, read back with nft itself, are exactly those that were meant."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import Chain
from ansible_collections.fleet.ports.plugins.module_utils._net.cidrs import aggregate

from .attempts import attempt
from .conftest import INPUTS
from .openings import opening, requests

CLOSED = [Chain("inet", "filter", hook, hook, False, (), None) for hook in ("input", "output", "forward")]
HOST = "".join(
    f"table inet filter {{ chain {hook} {{ type filter hook {hook} priority 0; policy drop; }}; }}\n"
    for hook in ("input", "output", "forward")
)

# A valid line without its quotations: nothing in it ends a block, a rule or a statement.
_LINE = re.compile(
    r"(add table inet filter|add set inet filter [a-z0-9_A-Z]+ \{|table inet filter \{|\tchain [a-z0-9_A-Z]+ \{|\t?\}"
    r"|\t(type ipv[46]_addr|flags interval|elements = \{|\t[0-9a-f:./]+,?|\})|\t\t(jump fleet_ports_(input|output|forward)"
    r"|[a-z0-9_A-Z@\-,. ]+( \{ [0-9, \-Q]+ \})?[a-z0-9_A-Z@\-,. {}]*( comment Q)?))"
)

_IN_ITS_OWN_NETWORK = ["unshare", "--net"] if not os.geteuid() else ["unshare", "--map-root-user", "--net"]


def _script(request: dict) -> tuple[list, str]:
    tables = nft_script.tables(CLOSED, opening(request))
    return tables, nft_script.text(tables)


@given(requests)
def test_no_line_is_another_than_ours(request: dict) -> None:
    answer = attempt(_script, request)
    if answer is None:
        return
    for line in answer[1].splitlines():
        bare = re.sub('"[^"]*"', "Q", line)
        assert line.isascii() and _LINE.fullmatch(bare), line
    assert answer[1].count("\n") == len(answer[1].splitlines())


@pytest.mark.skipif(not (shutil.which("nft") and shutil.which("unshare")), reason="needs nft and unshare")
@settings(max_examples=max(INPUTS // 4, 10))
@given(requests)
def test_nft_reads_it_as_it_was_meant(request: dict) -> None:
    answer = attempt(_script, request)
    if answer is None:
        return
    tables, text = answer
    listed = subprocess.run(
        [*_IN_ITS_OWN_NETWORK, "sh", "-c", "nft -f - && nft -j list ruleset"],
        input=HOST + text,
        capture_output=True,
        text=True,
        check=False,
    )
    if "Operation not permitted" in listed.stderr:
        pytest.skip("no network namespace to be had")
    assert listed.returncode == 0, listed.stderr
    found = json.loads(listed.stdout)["nftables"]
    ours = tables[0] if tables else nft_script.new_table("inet", "filter")

    assert [item["table"]["name"] for item in found if "table" in item] == ["filter"]
    assert {item["chain"]["name"] for item in found if "chain" in item} == {"input", "output", "forward", *ours.chains}
    rules = [item["rule"] for item in found if "rule" in item]
    for name, lines in ours.chains.items():
        of_chain = [rule for rule in rules if rule["chain"] == name]
        assert len(of_chain) == len(lines)
        assert [rule["expr"][-1] for rule in of_chain] == [{"accept": None}] * len(lines)
    assert len(rules) == sum(map(len, ours.chains.values())) + len(ours.jumps)
    sets = {item["set"]["name"]: item["set"].get("elem", []) for item in found if "set" in item}
    assert {
        name: aggregate(map(_cidr, elements)).get(ours.sets[name].family, []) for name, elements in sets.items()
    } == {name: list(each.cidrs) for name, each in ours.sets.items()}


def _cidr(element: object) -> str:
    if isinstance(element, str):
        return element
    return (
        f"{element['prefix']['addr']}/{element['prefix']['len']}" if "prefix" in element else "-".join(element["range"])
    )
