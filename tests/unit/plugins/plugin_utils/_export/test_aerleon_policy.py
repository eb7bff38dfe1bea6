# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Aerleon's policy: what each platform is told, and that every name in it is defined."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._export.aerleon_policy import (
    PLATFORMS,
    definitions,
    policy,
    terms_for,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._export.terms import terms_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet

HOSTS = {
    "m": {"fleet_ports_addresses": ["192.0.2.1", "2001:db8:2::1"]},
    "c": {"fleet_ports_addresses": ["198.51.100.1", "2001:db8:1::1"]},
}


@pytest.fixture(name="terms")
def fixture_terms(fleet):
    return terms_of(rows_of_fleet(fleet({"nim_masters": ["m"], "nim_clients": ["c"]}, HOSTS).plans(HOSTS).values()))


def test_only_a_platform_that_does_not_track_is_told_replies(terms):
    replies = {term.name for term in terms if not term.permission.initiates}
    told = {name: {term.name for term in terms_for(platform, terms)} for name, platform in PLATFORMS.items()}
    assert replies <= told.pop("cisco_ios")
    assert all(replies.isdisjoint(names) for names in told.values())


def test_a_reply_over_tcp_is_established(terms):
    options = {
        (term["protocol"], term["name"].partition("-reply")[1] == "-reply", term.get("option"))
        for part in policy([PLATFORMS["cisco_ios"]], terms)["filters"]
        for term in part["terms"]
        if term["name"].startswith(("nim-re", "bootp-request"))
    }
    assert options == {("tcp", False, None), ("tcp", True, "tcp-established"), ("udp", False, None)}


def test_filters_are_of_one_family_and_one_kind(terms):
    targets = [set(part["header"]["targets"]) for part in policy(list(PLATFORMS.values()), terms)["filters"]]
    others = {"srx", "paloalto", "fortigate", "nftables"}
    assert targets == [others | {"ciscoasa"}, others, {"cisco"}, {"cisco"}]


def test_what_is_named_is_defined_and_nothing_else(terms):
    filters = policy(list(PLATFORMS.values()), terms)["filters"]
    written = [term for part in filters for term in part["terms"]]
    named = {kind: {term[f"{end}-{kind}"] for term in written for end in ("source", "destination")}
             for kind in ("address", "port")}  # fmt: skip
    defined = definitions(terms)
    assert named == {"address": set(defined["networks"]), "port": set(defined["services"])}


def test_services_are_named_by_their_ports(terms):
    services = definitions(terms)["services"]
    assert services["UDP_67"] == [{"protocol": "udp", "port": "67"}]
    assert services["TCP_512-1023_32768-65535"] == [
        {"protocol": "tcp", "port": "512-1023"}, {"protocol": "tcp", "port": "32768-65535"},
    ]  # fmt: skip


def test_each_term_has_its_references_as_one_line(terms):
    for part in policy(list(PLATFORMS.values()), terms)["filters"]:
        for term in part["terms"]:
            assert term["comment"].isprintable() and 0 < len(term["comment"]) <= 100, "an ASA's remark is no longer"


def test_nothing_to_tell_is_no_filter(terms):
    ipv6 = [term for term in terms if term.permission.family == 6]
    assert policy([PLATFORMS["cisco_asa"]], ipv6) == {"filters": []}
