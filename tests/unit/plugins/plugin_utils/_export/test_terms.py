# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Terms: what is alike is one, names are each of one thing, and what no router passes is none."""

from __future__ import annotations

import re

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._export.terms import terms_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet

GROUPS = {"nim_masters": ["m"], "nim_clients": ["c1", "c2"], "nim_gateways": ["g"]}
HOSTS = {
    "m": {"fleet_ports_addresses": ["192.0.2.1", "2001:db8:2::1"]},
    "c1": {"fleet_ports_addresses": ["198.51.100.1", "2001:db8:1::1"]},
    "c2": {"ansible_host": "198.51.100.2", "nim_communication": "rsh"},
    "g": {"ansible_host": "203.0.113.1"},
}


@pytest.fixture(name="terms")
def fixture_terms(fleet):
    def build(groups=None, hosts=None):
        hosts = hosts or HOSTS
        return terms_of(rows_of_fleet(fleet(groups or GROUPS, hosts).plans(hosts).values()))

    return build


def test_rows_that_are_alike_are_one_term_with_all_their_references(terms):
    (term,) = [term for term in terms() if "002, NIM, operations connected" in term.references
               and term.permission.initiates and term.permission.family == 6]  # fmt: skip
    assert term.name.startswith("nim") and "002, NIM, niminit connected" in term.references
    permissions = [term.permission for term in terms()]
    assert len(permissions) == len(set(permissions))


def test_each_family_has_terms_of_its_own(terms):
    for term in terms():
        addresses = term.permission.sources + term.permission.destinations
        assert {":" in address for address in addresses} == {term.permission.family == 6}
    assert {term.permission.family for term in terms()} == {4, 6}


def test_names_are_each_of_one_thing(terms):
    found = terms()
    assert len({term.name for term in found}) == len(found)
    groups = {(name, addresses) for term in found
              for name, addresses in ((term.source, term.permission.sources),
                                      (term.destination, term.permission.destinations))}  # fmt: skip
    assert len({name for name, _addresses in groups}) == len({addresses for _name, addresses in groups}) == len(groups)
    assert "FLEET_PORTS_DEFAULT_NIM_CLIENT" in {name for name, _addresses in groups}


@pytest.mark.parametrize("domain", ["Z\u00fcrich 'B' / 2", "\u6771\u4eac", "a" * 300, "-", "x;{}\"\\"])
def test_a_domain_of_any_name_fits_into_a_name(terms, domain):
    hosts = {name: {**variables, "nim_domain": domain} for name, variables in HOSTS.items()}
    for term in terms(hosts=hosts):
        for name in (term.source, term.destination):
            assert re.fullmatch(r"FLEET_PORTS_[A-Z0-9_]+", name) and len(name) <= 57, "an address has a number besides"


def test_domains_with_one_network_and_one_name_stay_apart(terms):
    hosts = {
        "m1": {"ansible_host": "192.0.2.1", "nim_domain": "a b", "nim_client_networks": ["198.51.100.0/24"]},
        "m2": {"ansible_host": "192.0.2.2", "nim_domain": "a-b", "nim_client_networks": ["198.51.100.0/24"]},
    }
    found = [term for term in terms({"nim_masters": ["m1", "m2"]}, hosts) if term.references == ("002, BOOTP",)]
    requests = [term for term in found if term.name.startswith("bootp-request")]
    assert [(term.name, term.source, term.destination) for term in requests] == [
        ("bootp-request", "FLEET_PORTS_A_B_NIM_CLIENT", "FLEET_PORTS_A_B_NIM_MASTER"),
        ("bootp-request-2", "FLEET_PORTS_A_B_NIM_CLIENT", "FLEET_PORTS_A_B_NIM_MASTER_G2"),
    ]


def test_broadcasts_are_none_and_what_a_relay_agent_sends_to_its_master_is(terms):
    names = {term.name for term in terms()}
    assert not any("broadcast" in name for name in names)
    assert {"bootp-relay-request", "bootp-relay-reply"} <= names
    for term in terms():
        assert {"0.0.0.0/32", "255.255.255.255/32"}.isdisjoint(term.permission.sources + term.permission.destinations)
