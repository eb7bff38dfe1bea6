# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files for firewalld are XML with exactly the elements that were meant."""

from __future__ import annotations

import re
from unittest import mock
from xml.etree import ElementTree

from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import config_files
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.policies import Dialect, Policies
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file

from .attempts import attempt
from .openings import opening, requests

HOOKS = ["input", "output", "forward"]
ADDRESS = re.compile("[0-9a-f.:]+(/[0-9]+)?")


def _files(request: dict, dialect: Dialect) -> tuple[Policies, dict[str, bytes]]:
    wanted = Policies(opening(request), HOOKS, dialect)
    with mock.patch.object(atomic_file, "read", lambda _path: None):
        files = config_files.changes(wanted.policies, wanted.sets)
    return wanted, {file.path: file.after for file in files}


@given(requests, st.builds(Dialect, st.booleans(), st.booleans()))
def test_the_files_hold_what_was_meant(request: dict, dialect: Dialect) -> None:
    answer = attempt(_files, request, dialect)
    if answer is None:
        return
    wanted, files = answer
    documents = {path: ElementTree.fromstring(data) for path, data in files.items() if data}
    policies = {path: root for path, root in documents.items() if root.tag == "policy"}
    sets = {root for root in documents.values() if root.tag == "ipset"}
    assert len(policies) == len(wanted.policies) and len(sets) == len(wanted.sets)
    assert len(policies) + len(sets) == len(files)
    assert sum(len(root.findall("rule")) for root in policies.values()) == sum(
        len(each.rules) for each in wanted.policies
    )
    for root in policies.values():
        assert {child.tag for child in root} <= {"short", "description", "ingress-zone", "egress-zone", "rule"}
        for rule in root.findall("rule"):
            assert [child.tag for child in rule][-1] == "accept"
            for child in rule:
                _check(child)
                if "ipset" in child.attrib:
                    root_of_set = documents[f"/etc/firewalld/ipsets/{child.get('ipset')}.xml"]
                    of_ip6 = root_of_set.find("option[@name='family']") is not None
                    assert rule.get("family") == ("ipv6" if of_ip6 else "ipv4")
    for root in sets:
        assert {child.tag for child in root} <= {"short", "description", "option", "entry"}
        for entry in root.findall("entry"):
            address = entry.text.partition(",")[0]
            assert ADDRESS.fullmatch(address) and (":" in address) == (root.find("option[@name='family']") is not None)
    for path in files:
        assert re.fullmatch(r"/etc/firewalld/(policies|ipsets)/[A-Za-z0-9_-]{1,31}\.xml", path)


def _check(element: ElementTree.Element) -> None:
    for name, value in element.attrib.items():
        pattern = {"address": ADDRESS.pattern, "port": "[0-9]+(-[0-9]+)?", "protocol": "tcp|udp", "value": "tcp|udp",
                   "ipset": "fports-[A-Za-z0-9_-]{1,24}"}[name]  # fmt: skip
        assert re.fullmatch(pattern, value), (name, value)
