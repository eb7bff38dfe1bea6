# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets to export: a few hosts with all differences, and many similar ones."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request

Hosts = Mapping[str, dict]


def few() -> Fleet:
    """Two domains with a common network, both families, a gateway, rsh and nimsh, a BMC, and unusual names."""
    hosts = {
        "nim01": {"ansible_host": "192.0.2.1", "fleet_ports_system": "aix"},
        "nim02": {"fleet_ports_addresses": ["192.0.2.2", "2001:db8:2::2"], "nim_master_port": 2058},
        "res01": {"ansible_host": "192.0.2.7"},
        "gw": {"fleet_ports_addresses": ["192.0.2.254", "198.51.100.254"]},
        "lpar01": {"ansible_host": "198.51.100.1", "fleet_ports_system": "aix"},
        "lpar02": {"fleet_ports_addresses": ["198.51.100.2", "2001:db8:1::2"], "nim_communication": "rsh"},
        "lpar03": {"ansible_host": "198.51.100.3", "nim_install": "pull", "nim_http": True},
        "odd host/\u00fc": {"fleet_ports_addresses": ["198.51.100.4/30"]},
        "other01": {"nim_domain": "Z\u00fcrich 'B' / 2", "ansible_host": "203.0.113.1",
                    "nim_client_networks": ["198.51.100.0/24"]},
        "other02": {"nim_domain": "Z\u00fcrich 'B' / 2", "ansible_host": "203.0.113.2",
                    "nim_client_networks": ["198.51.101.0/24"]},
    }  # fmt: skip
    groups = {
        "nim_masters": ["nim01", "nim02", "other01", "other02"],
        "nim_resource_servers": ["res01"],
        "nim_gateways": ["gw"],
        "nim_clients": ["lpar01", "lpar02", "lpar03", "odd host/\u00fc"],
        "bmc_hosts": ["lpar03"],
    }
    return _fleet(groups, hosts)


def only_ipv6() -> Fleet:
    hosts = {"nim01": {"ansible_host": "2001:db8:2::1"}, "lpar01": {"ansible_host": "2001:db8:1::1"}}
    return _fleet({"nim_masters": ["nim01"], "nim_clients": ["lpar01"]}, hosts)


def without_flows() -> Fleet:
    """A host with a role but without peers, and one that only holds ports."""
    hosts = {"lpar01": {"ansible_host": "198.51.100.1"}, "node01": {"ansible_host": "198.51.100.2"}}
    return _fleet({"nim_clients": ["lpar01"], "bmc_hosts": ["node01"]}, hosts)


def of_aix(servers: str, clients: str) -> Fleet:
    """A server and a client on AIX, in these groups, with the profile ``documented``, which needs the fewest rules."""
    common = {"fleet_ports_profile": "documented", "fleet_ports_system": "aix"}
    hosts = {"nim01": {"ansible_host": "192.0.2.1", **common}, "lpar01": {"ansible_host": "198.51.100.1", **common}}
    return _fleet({servers: ["nim01"], clients: ["lpar01"]}, hosts)


def many(count: int, **common: object) -> Fleet:
    """This number of clients with non-adjacent addresses, some of which differ from the others."""
    common = {"fleet_ports_profile": "documented", **common}
    hosts = {"nim01": {"ansible_host": "192.0.2.1", **common}}
    for number in range(count):
        high, low = divmod(3 * number, 256)
        hosts[f"lpar{number}"] = {"ansible_host": f"10.1.{high}.{low}", **common}
        if number % 10 == 3:
            hosts[f"lpar{number}"]["nim_communication"] = "rsh"
    clients = [name for name in hosts if name != "nim01"]
    return _fleet({"nim_masters": ["nim01"], "nim_clients": clients, "bmc_hosts": clients[::7]}, hosts)


def _fleet(groups: Mapping[str, list[str]], hosts: Hosts) -> Fleet:
    groups = {**groups, "all": list(hosts)}
    fleet = Fleet(groups, read_role_groups("test", {}), hosts.__getitem__, Request({"on_conflict": "report"}))
    fleet.names = list(hosts)
    return fleet
