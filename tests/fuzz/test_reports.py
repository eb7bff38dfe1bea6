# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports show texts of an inventory as text: no cell is a formula, no name is markup, a link or a path."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from html.parser import HTMLParser

from hypothesis import given

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._report import fleet_reports, markdown_parts

from .attempts import attempt
from .fleets import fleet_of, fleets
from .texts import texts

_BACKSLASHES = re.compile(r"\\([^A-Za-z0-9\s])")

# The only beginnings of lines that may not come from an inventory.
_BEGINNINGS = ("# ", "## ", "- ", "| ", "Domain ", "The whole inventory: ", "Part of the inventory: ")

# What our page is made of.
_ELEMENTS = frozenset(
    "a body button caption circle cite code datalist dd defs details div dl dt fieldset footer form g h1 h2 h3 head "
    "header html input label legend li line link main marker meta nav noscript option p path rect script section "
    "select span strong style summary svg table tbody text thead title tr ul".split()
)


def _written(hosts: list) -> tuple[dict, dict[str, str]]:
    fleet, names = fleet_of(hosts)
    plans = fleet.plans(names)
    conflicts = conflict_checks.of_fleet(fleet.conflicts(names, plans), fleet.conflicts_of_inventory())
    files = dict(fleet_reports.reports(plans, conflicts, fleet.hosts_with_role))
    files["plans.json"] = fleet_reports.plans_document(plans)
    files["topology.json"] = fleet.topology_document("/nonexistent/topology.json")
    return plans, files


@given(fleets)
def test_reports_on_hostile_fleets(hosts: list) -> None:
    answer = attempt(_written, hosts)
    if answer is None:
        return
    plans, files = answer
    assert json.loads(files["plans.json"])["plans"].keys() == plans.keys()
    for path, text in files.items():
        assert os.path.normpath(path) == path and not path.startswith(("/", "..")) and path.count("/") <= 1
        path.encode(), text.encode()
        if path.endswith(".csv"):
            _check_csv(text)
        elif path.endswith(".md"):
            _check_markdown(text)
        elif path.endswith(".html"):
            _check_page(text)
        else:
            json.loads(text)


def _check_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {16}
    assert len(rows) == text.count("\n")
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def _check_markdown(text: str) -> None:
    for line in filter(None, text.split("\n")):
        assert line.isprintable() and line.startswith(_BEGINNINGS), line
        shown = _BACKSLASHES.sub("", line)
        assert line.startswith(_BEGINNINGS[-2:]) or not re.search(r"[<>`*\[\]]", shown), line
    for table in re.findall(r"(?:^\| .*\n?)+", text, re.MULTILINE):
        pipes = {_BACKSLASHES.sub("", line).count("|") for line in table.strip().split("\n")}
        assert len(pipes) == 1, table


class _Page(HTMLParser):
    """The elements of a page, and the texts of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes.update(name for name, _value in attrs)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts[-1] += data


def _check_page(text: str) -> None:
    page = _Page(text)
    assert page.elements <= _ELEMENTS, page.elements - _ELEMENTS
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "style")]
    data, _script = page.scripts
    assert json.loads(data)["hosts"]


@given(texts)
def test_a_text_is_shown_as_it_is(text: str) -> None:
    shown = attempt(markdown_parts.literal, text)
    assert "\n" not in shown and shown.isprintable()
    assert _BACKSLASHES.sub(r"\1", shown) == printable(text)
