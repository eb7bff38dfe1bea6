# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page as text: whole, sealed against what others wrote, and about the right fleet.

A browser looks at it in tests/browser.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.page import page_of

GROUPS = {"nim_masters": ["m"], "nim_clients": ["c1", "c2"], "bmc_hosts": ["c2"]}
HOSTS = {
    "m": {"ansible_host": "192.0.2.1"},
    "c1": {"ansible_host": "198.51.100.1"},
    "c2": {"ansible_host": "198.51.100.2"},
}


class Outline(HTMLParser):
    """The elements of a page, with their attributes, and the text of each kind of element."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self._open = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)


def page(plans, of_inventory=(), hosts_with_role=None):
    conflicts = conflict_checks.of_fleet({host: plan["conflicts"] for host, plan in plans.items()}, of_inventory)
    return page_of(plans, rows_of_fleet(plans.values()), conflicts, hosts_with_role or len(plans))


@pytest.fixture
def plans(fleet):
    return fleet(GROUPS, HOSTS).plans(HOSTS)


def test_it_says_of_how_much_of_the_inventory_it_is(plans):
    def said(**settings):
        return " ".join(page(plans, **settings).split())

    assert "The whole inventory: 3 of 3 hosts with a role, " in said()
    assert "Part of the inventory: 3 of 40 hosts with a role, " in said(hosts_with_role=40)


def test_it_is_the_same_as_long_as_the_plans_are(plans):
    assert page(plans) == page(plans)


def test_only_its_own_style_and_script_are_let_in(plans):
    outline = Outline(page(plans))
    policy = next(
        attributes["content"]
        for tag, attributes in outline.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    script = outline.texts["script"][-1]
    for kind, text in (("style", outline.texts["style"][0]), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy


def test_it_refers_to_nothing_outside(plans):
    text = page(plans)
    outside = [
        (tag, name, value)
        for tag, attributes in Outline(text).elements
        for name, value in attributes.items()
        if name in ("src", "href", "action", "srcset", "xlink:href") and not re.match(r"#|data:,", value)
    ]
    assert outside == []
    assert not re.search(r"url\((?!#)|@import", text)
    assert not [tag for tag, attributes in Outline(text).elements if "style" in attributes or "onclick" in attributes]


@pytest.mark.parametrize(
    "name", ["</script><b>", "<!--<script>", "\"onmouseover='x'", "<img src=x>", "&lt;", "{{ hosts }}"]
)
def test_what_others_wrote_opens_and_ends_nothing(fleet, name):
    def tags(host):
        variables = {**HOSTS, host: {"ansible_host": "198.51.100.3", "nim_domain": host, "nim_mastr_port": 1}}
        groups = {**GROUPS, "nim_clients": [host], "nim_client": [host]}
        return [tag for tag, _attributes in Outline(page(fleet(groups, variables).plans(variables))).elements]

    assert tags(name) == tags("plain")


def test_a_name_that_no_encoding_has_does_not_stop_it(fleet):
    name = "a\udcffb"
    text = page(fleet({"bmc_hosts": [name]}, {name: {"port_blocker_portz": 1}}).plans([name]))
    assert "a\ufffdb" in text.encode().decode()


def test_the_data_are_those_of_the_plans(plans):
    outline = Outline(page(plans))
    data = json.loads(outline.texts["script"][0])
    assert [name for name, _addresses, _profile in data["hosts"]] == ["m", "c1", "c2"]


def test_a_conflict_names_its_hosts_and_links_those_that_have_a_plan(plans):
    of_inventory = [{"severity": "error", "what": "w", "why": "y", "change": "c"}]
    outline = Outline(page(plans, of_inventory))
    hrefs = [attributes.get("href") for tag, attributes in outline.elements if tag == "a"]
    assert {"#host=m", "#host=c1", "#host=c2"} <= set(hrefs)
    text = page(plans, of_inventory)
    assert text.index("Error") < text.index("Ports 513 (rlogin)") < text.index('<section id="who"')
    assert "the inventory" in text


def test_a_fleet_without_a_host_or_a_flow_says_so(fleet):
    assert "No host has a role" in page({})
    assert "No conflicts were found." in page({})
    silent = fleet({"bmc_hosts": ["b"]}, {"b": {}}).plans(["b"])
    assert "There are no flows between these hosts." in page(silent)
