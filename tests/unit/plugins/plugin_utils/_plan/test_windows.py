# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows in a plan: whose, for how long, and of which flows."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import INSTALL_PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values

GROUPS = {
    "nim_masters": ["m"],
    "nim_clients": ["c", "d", "e"],
    "nim_resource_servers": ["s"],
    "nim_gateways": ["g"],
    "pinned_nfs_servers": ["s"],
    "pinned_nfs_clients": ["n"],
    "room1": ["m", "d"],
}
ADDRESSES = {"m": "192.0.2.1", "s": "192.0.2.2", "g": "192.0.2.3", "n": "192.0.2.4"}
CLIENTS = {"c": "198.51.100.1", "d": "198.51.100.2", "e": "203.0.113.1"}


@pytest.fixture
def windowed(plan):
    """The plan of a host where all have the same variables."""

    def compute(host, clients=None, overriding=None, **variables):
        variables = {"nim_firewall_window": "4h", "nim_firewall_window_clients": clients, **variables}
        variables = {name: value for name, value in variables.items() if value is not None}
        hosts = {name: {"ansible_host": at, **variables} for name, at in {**ADDRESSES, **CLIENTS}.items()}
        for name, own in (overriding or {}).items():
            hosts[name].update(own)
        return plan(host, GROUPS, hosts)

    return compute


def windows_of(plan, *flows):
    return {flow.get("window") for flow in plan["flows"] if flow["id"] in flows}


@pytest.mark.parametrize("host", ["m", "c", "s", "g"])
def test_without_the_variable_nothing_is_different(windowed, host):
    plan = windowed(host, clients="c", nim_firewall_window="")
    assert plan["window"] is None
    assert not any("window" in flow for flow in plan["flows"])


@pytest.mark.parametrize("host", ["m", "s", "g"])
def test_others_have_the_named_clients(windowed, host):
    window = windowed(host, clients="c, d")["window"]
    assert window == {
        "seconds": 14400, "clients": {"c": ["198.51.100.1/32"], "d": ["198.51.100.2/32"]}, "host": None,
    }


def test_a_client_has_its_own_and_reads_no_others(windowed):
    assert windowed("c", clients=["c", "d"])["window"] == {
        "seconds": 14400, "clients": {"c": ["198.51.100.1/32"]}, "host": "c",
    }
    unfit = {"d": {"nim_communication": "ssh"}}
    assert windowed("e", clients=["c", "d"], overriding=unfit)["window"]["clients"] == {}


def test_nobody_is_named_unless_somebody_is(windowed):
    assert windowed("m")["window"]["clients"] == {}


def test_a_group_names_the_clients_in_it(windowed):
    assert list(windowed("m", clients="room1")["window"]["clients"]) == ["d"]
    assert list(windowed("m", clients="nim_clients")["window"]["clients"]) == ["c", "d", "e"]


@pytest.mark.parametrize("host", ["m", "c"])
@pytest.mark.parametrize("name", ["lpar9", "m", "nim_masters"])
def test_a_name_that_is_no_client_is_one_sentence(windowed, host, name):
    with pytest.raises(MatrixError) as error:
        windowed(host, clients=["c", name])
    assert str(error.value) == (
        f"Host {host}: nim_firewall_window_clients names '{name}', which is neither a nim_client nor a group that "
        "contains one. Name hosts of the group nim_clients."
    )


def test_clients_of_other_domains_and_retired_ones_have_none(windowed):
    others = {"c": {"nim_domain": "elsewhere"}, "d": {"nim_state": "retired"}}
    assert list(windowed("m", clients="nim_clients", overriding=others)["window"]["clients"]) == ["e"]


def test_the_named_have_to_be_in_the_networks_of_the_clients(windowed):
    assert windowed("m", clients="c", nim_client_networks="198.51.100.0/24")["window"]["clients"] == {
        "c": ["198.51.100.1/32"]
    }
    with pytest.raises(MatrixError) as error:
        windowed("m", clients="c,e", nim_client_networks="198.51.100.0/24")
    assert str(error.value) == (
        "Host m: nim_firewall_window_clients names e, but its address 203.0.113.1/32 is not among those of the "
        "clients. Add it to nim_client_networks, or do not name this client."
    )


@pytest.mark.parametrize("host", ["m", "c", "s", "g"])
def test_just_the_flows_of_an_installation_take_part(windowed, host):
    plan = windowed(host, clients="c")
    between_servers = {"nim_resource_server", "nim_master"}
    for flow in plan["flows"]:
        roles = {flow["source"]["role"], flow["destination"]["role"]}
        expected = flow["phase"] in INSTALL_PHASES and roles != between_servers and "nfs_client" not in roles
        assert ("window" in flow) == expected, flow


def test_each_flow_says_whose_windows(windowed):
    master, client, gateway = (windowed(host, clients="c") for host in "mcg")
    assert windows_of(master, "bootp-request", "tftp-image-request") == {"source"}
    assert windows_of(master, "bootp-reply", "tftp-image-data") == {"destination"}
    assert windows_of(master, "bootp-broadcast-request", "bootp-broadcast-reply", "bootp-relay-request") == {"any"}
    assert windows_of(client, "bootp-request", "bootp-broadcast-request", "tftp-image-data") == {"host"}
    assert windows_of(gateway, "tftp-image-request") == {"source"}
    assert windows_of(gateway, "bootp-relay-broadcast-request", "bootp-relay-request") == {"any"}


def test_the_groups_are_those_without_windows(windowed):
    assert windowed("m", clients="c")["peers"] == windowed("m", nim_firewall_window="")["peers"]


@pytest.mark.parametrize("written", ["4h", 14400, "14400", "240m", "14400s", " 4H "])
def test_a_time_can_be_written_in_any_unit(written):
    assert values.duration(written) == 14400


@pytest.mark.parametrize("written", ["0", "-1h", "32d", "4 h", "4hours", "h", "4h30m", "", "1.5h", True, ["4h"]])
def test_what_is_no_time_is_one_sentence(written):
    with pytest.raises(values.Unfit) as error:
        values.duration(written)
    assert str(error.value) == "set it to a time between 1s and 31d, such as 90m, 4h or 2d"
