# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of one host, in the shape that the roles and modules consume."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import NIM_MASTER
from ansible_collections.fleet.ports.plugins.plugin_utils._net.address_sets import aggregate
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import own_ports
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.conflict_checks import conflicts
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.windows import window_of, windowed
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host

Plan = Mapping[str, object]


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
        "services": own_ports.services(host),
        "holds": own_ports.holds(host),
        "pins": dict(host.pins),
        "flows": flows,
        "window": window,
        "retired": {"masters": matrix.known_as(NIM_MASTER, host)} if host.is_retired else None,
        "conflicts": conflicts(host, exchanges),
    }


def concerns_of(plan: Plan) -> list[str]:
    """Return which of the four concerns the plan has, in the order in which they are applied.

    The plan of a host with a role may ask for nothing, such as a gateway's that lost its last master; the host is then
    asked for its services, which cost least and tell what it has records of.
    """
    has = {
        "services": bool(plan["services"]),
        "holds": bool(plan["holds"]),
        "pins": any(port is not None for port in plan["pins"].values()),
        "flows": bool(plan["flows"]) or plan["retired"] is not None,
    }
    found = [concern for concern, present in has.items() if present]
    return found or (["services"] if plan["roles"] else [])
