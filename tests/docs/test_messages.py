# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The troubleshooting guide quotes messages that the collection has, and names flows that the matrix has."""

from __future__ import annotations

import re

import pytest
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import RELATIONS

from . import pages, sources

GUIDE = (pages.REPOSITORY / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
SYMPTOMS, SAID = GUIDE.split("## Messages: ", maxsplit=1)
MESSAGES = re.findall(r"^\| `(.+?)` \|", SAID, re.MULTILINE)
FLOWS = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", SYMPTOMS)
CATALOG = {row.id for relation in RELATIONS for row in relation.rows}


@pytest.mark.parametrize("message", MESSAGES)
def test_the_collection_says_it(message):
    assert sources.can_say(message)
    # Enough to be found by, and to be no other.
    assert len(re.findall(r"\w{2,}", message)) >= 3


def test_each_line_of_the_tables_quotes_a_message():
    lines = [line for line in SAID.splitlines() if line.startswith("| ")]
    headers = [line for line in lines if line.startswith(("| message", "| ---"))]
    assert len(lines) - len(headers) == len(MESSAGES) > 25


def test_no_cell_is_empty():
    assert "| |" not in GUIDE


@pytest.mark.parametrize("flow", sorted(set(FLOWS)))
def test_the_matrix_has_the_flow(flow):
    assert flow in CATALOG


def test_flows_are_named():
    assert len(set(FLOWS)) > 20


@pytest.mark.parametrize(
    "invented",
    [
        "The moon is too near; move it.",
        "Host … has no telephone",
        # Of docstrings and of the documentation of modules.
        "What stands in the way of a change on this host",
        "Computes the plan of a host from the inventory.",
    ],
)
def test_what_is_invented_or_only_documented_is_noticed(invented):
    assert not sources.can_say(invented)
