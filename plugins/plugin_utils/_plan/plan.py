# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of one host, in the shape that the roles and modules consume."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import NIM_MASTER
from ansible_collections.fleet.ports.plugins.plugin_utils._net.address_sets import aggregate
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.conflict_checks import conflicts
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.windows import window_of, windowed
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import CONDITIONS, Host

Plan = Mapping[str, object]

# Services whose port nimconfig can change, and those that only some hosts have.
_PORT_SETTING = {service_table.NIM: "nim_master_port", service_table.NIMREG: "nim_registration_port"}
_CONDITION = {service_table.NIMSH: "nimsh", service_table.NIMAUX: "nimsh", service_table.NIMHTTP: "http"}


def plan_of(host: Host, matrix: Matrix) -> Plan:
    exchanges = list(matrix.exchanges(host))
    window = window_of(host, exchanges, matrix)
    flows = [flow for exchange in exchanges for flow in (windowed(exchange) if window else exchange.flows)]
    return {
        "host": host.name,
        "domain": host.domain,
        "roles": list(host.roles),
        "addresses": aggregate(host.addresses if flows else host.known_addresses),
        "interfaces": list(host.settings["nim_interfaces"]),
        "peers": {group: peers for exchange in exchanges for group, peers in exchange.peers.items()},
        "services": _services(host),
        "holds": [{"port": port, "protocol": protocol} for protocol, port in host.held],
        "pins": dict(host.pins),
        "flows": flows,
        "window": window,
        "retired": {"masters": matrix.known_as(NIM_MASTER, host)} if host.is_retired else None,
        "conflicts": conflicts(host, exchanges),
    }


def _services(host: Host) -> list[Mapping[str, object]]:
    """Return the entries of the services database."""
    return [
        {
            "name": service.name,
            "port": host.settings[_PORT_SETTING[service]] if service in _PORT_SETTING else service.port,
            "protocol": protocol,
            "aliases": [],
            "comment": service.comment,
        }
        for service in service_table.SERVICES
        if any(role in host.roles for role in service.named_on) and _has(host, service)
        for protocol in service.protocols
    ]


def _has(host: Host, service: service_table.Service) -> bool:
    return service not in _CONDITION or CONDITIONS[_CONDITION[service]](host.traits)
