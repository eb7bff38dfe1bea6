# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many filter rules an AIX master takes for its flows, and how many it would take with `eq` alone, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request

CLIENTS = 1_000
# No two of them make a larger one.
NETWORKS = [f"198.18.{number}.0/24" for number in (0, 2, 4, 6)]


def main() -> None:
    """Count for clients by their addresses and for clients by their networks."""
    named = _plan({})
    print(
        json.dumps({
            "named": _rules(named),
            "networks": _rules(_plan({"nim_client_networks": NETWORKS})),
            "allowed": flow_rules.MAX_RULES,
            "eq_only": sum(_eq_rules(flow) for flow in named["flows"]),
        })
    )  # fmt: skip


def _plan(options: Mapping[str, object]) -> Plan:
    """The plan of a master whose clients have the addresses from 1 on in each network."""
    each = CLIENTS // len(NETWORKS)
    addresses = [f"{network[:-4]}{number}" for network in NETWORKS for number in range(1, each + 1)]
    clients = {f"client{number:04}": {"ansible_host": address} for number, address in enumerate(addresses, 1)}
    variables = {"master01": {"ansible_host": "198.19.0.1", "fleet_ports_system": "aix"}, **clients}
    groups = {"nim_masters": ["master01"], "nim_clients": list(clients)}
    request = Request({"on_conflict": "report", **options})
    return Fleet(groups, read_role_groups("bench", {}), variables.__getitem__, request).plan("master01")


def _rules(plan: Plan) -> int:
    opening = flow_rules.opening(plan["flows"], plan["peers"], plan["interfaces"])
    return sum(map(len, aix_rules.rules(opening).values()))


def _eq_rules(flow: Mapping[str, object]) -> int:
    """A rule for each port of one end, the shorter one, and each peer; the other end's ports are then all open."""
    peers = 1 if any(flow[end].get("peers") for end in ("source", "destination")) else CLIENTS
    return peers * min(map(_count, (flow["source"]["ports"], flow["destination"]["ports"])))


def _count(ports: list[str]) -> int:
    return sum(last - first + 1 for first, last in map(port_ranges.parse, ports))


if __name__ == "__main__":
    main()
