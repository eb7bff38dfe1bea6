# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleets whose pages are tested, and their reports as ``fleet.ports.plan`` writes them."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import DEFAULT_GROUPS, ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._report import fleet_reports

_SERVERS = {
    "nim01": {"ansible_host": "192.0.2.10", "nfs_ports_lockd": None},
    "res01": {"ansible_host": "192.0.2.20"},
    "gate01": {"fleet_ports_addresses": ["192.0.2.1", "198.18.0.1"]},
}
_ROLES_OF_SERVERS = {"nim_masters": ["nim01"], "nim_resource_servers": ["res01"], "nim_gateways": ["gate01"]}
_CLIENT_NETWORK = ipaddress.ip_network("198.18.0.0/16")

# Names that say something to a reader of HTML, JavaScript, JSON, addresses or terminals.
HOSTILE_NAMES = (
    "<img src=x onerror=document.title='broken'>",
    "</script><script>document.title='broken'</script>",
    "--><!--<script>",
    "quotes\"'`&amp;",
    "a&host=b#c?d=%41+e",
    "{{ 7 * 7 }}",
    "${7*7}",
    "paragraph\u2029separator",
    "right\u202eto left",
)


def of_size(hosts: int) -> Iterator[tuple[str, str]]:
    """A master, a resource server, a gateway and clients, every second with a BMC."""
    clients = {
        f"lpar{number:04}": {"ansible_host": str(_CLIENT_NETWORK[256 + number])}
        for number in range(1, hosts - len(_SERVERS) + 1)
    }
    groups = {**_ROLES_OF_SERVERS, "nim_clients": list(clients), "bmc_hosts": list(clients)[1::2]}
    return _reports(groups, {**_SERVERS, **clients})


def full() -> Iterator[tuple[str, str]]:
    """All roles, two domains, rsh and nimsh, and the longest possible addresses."""
    groups: dict[str, list[str]] = {}
    hosts = {}
    for number, (role, domain) in enumerate(itertools.product(ROLES, ("east", "west"))):
        name = f"{role.replace('_', '-')}-of-the-{domain}.example.net"
        groups.setdefault(DEFAULT_GROUPS[role], []).append(name)
        hosts[name] = {
            "fleet_ports_addresses": [f"198.51.100.{100 + number}", f"2001:db8:1234:5678:9abc:def0:1234:56{number:02}"],
            "nim_communication": "rsh" if domain == "west" else "nimsh",
            "nim_domain": domain,
        }
    return _reports(groups, hosts)


def hostile() -> Iterator[tuple[str, str]]:
    """Clients and domains with markup in their names, and conflicts that repeat them."""
    clients = {
        name: {"ansible_host": f"198.51.100.{number}", "nim_domain": f"<b>{number}</b>", "nim_mastr_port": 1}
        for number, name in enumerate(HOSTILE_NAMES, 1)
    }
    masters = {f"<i>m{number}": {**_SERVERS["nim01"], "nim_domain": f"<b>{number}</b>"} for number in (1, 2, 3)}
    groups = {"nim_masters": list(masters), "nim_clients": list(clients), "nim_client<s>": list(clients)}
    return _reports(groups, {**masters, **clients})


def silent() -> Iterator[tuple[str, str]]:
    """Clients without a master, each in its own domain: conflicts and no flows."""
    clients = {
        f"lpar{number}": {"ansible_host": f"198.51.100.{number}", "nim_domain": f"d{number}"} for number in range(1, 21)
    }
    return _reports({"nim_clients": list(clients)}, clients)


def _reports(groups: Mapping[str, list[str]], variables: Mapping[str, Mapping]) -> Iterator[tuple[str, str]]:
    request = Request({"on_conflict": "report"})
    fleet = Fleet(groups, read_role_groups("these tests", {}), lambda host: variables[host], request)
    plans = fleet.plans(list(variables))
    conflicts = conflict_checks.of_fleet(fleet.conflicts(list(variables), plans), fleet.conflicts_of_inventory())
    return fleet_reports.reports(plans, conflicts, fleet.hosts_with_role)
