# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration of PAN-OS: XML whose rules refer to address groups and services."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from .regions import Region, regions


def rules(text: str) -> Iterator[Region]:
    system = ElementTree.fromstring(text).find("devices/entry/vsys/entry")
    addresses = {entry.get("name"): entry.findtext("ip-netmask") for entry in system.iterfind("address/entry")}
    groups = {
        entry.get("name"): [addresses[member.text] for member in entry.iterfind("static/member")]
        for entry in system.iterfind("address-group/entry")
    }
    services = {entry.get("name"): entry.find("protocol")[0] for entry in system.iterfind("service/entry")}
    for rule in system.iterfind("rulebase/security/rules/entry"):
        assert rule.findtext("action") == "allow"
        assert (_members(rule, "from"), _members(rule, "to"), _members(rule, "application")) == (["any"],) * 3
        for name in _members(rule, "service"):
            service = services[name]
            yield from regions(
                service.tag,
                [address for group in _members(rule, "source") for address in groups[group]],
                service.findtext("source-port").split(","),
                [address for group in _members(rule, "destination") for address in groups[group]],
                service.findtext("port").split(","),
            )


def names(text: str) -> list[str]:
    """The names of all objects."""
    return [entry.get("name") for entry in ElementTree.fromstring(text).iter("entry")]


def _members(rule: ElementTree.Element, name: str) -> list[str]:
    return [member.text for member in rule.iterfind(f"{name}/member")]
