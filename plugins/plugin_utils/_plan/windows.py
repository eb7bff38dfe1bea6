# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows: with nim_firewall_window, the flows of installations are open to the named clients for a limited time.

Only the host knows when a window began and when it ends. A plan contains the length of a new window, the clients that
are named, and for each flow whose windows apply to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import (
    GATEWAY,
    INSTALL_PHASES,
    NIM_CLIENT,
    PSEUDO_PEERS,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import CLIENT
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Exchange, Flow, Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host

# Whose windows apply to a flow: the host's own, or those of the clients at one end. If no address identifies the client
# (it has none yet, or a relay agent sends for it), the flow is open during the window of any client.
HOST, SOURCE, DESTINATION, ANY = "host", "source", "destination", "any"


def window_of(host: Host, exchanges: Iterable[Exchange], matrix: Matrix) -> Mapping[str, object] | None:
    """Return the ``window`` of the plan; None if no window applies to this host."""
    seconds = host.settings["nim_firewall_window"]
    concerned = [exchange for exchange in exchanges if _serves_installations(exchange)]
    if seconds is None or not concerned:
        return None
    where = f"Host {host.name}: nim_firewall_window_clients"
    named = matrix.topology.named(NIM_CLIENT, host.settings["nim_firewall_window_clients"], where)
    if all(exchange.side == CLIENT for exchange in concerned):
        named = [name for name in named if name == host.name]
    clients = {name: address_sets.aggregate(client.addresses) for name, client in matrix.known(named, host).items()}
    for exchange in concerned:
        _check(where, clients, exchange)
    return {"seconds": seconds, "clients": clients, "host": host.name if NIM_CLIENT in host.roles else None}


def windowed(exchange: Exchange) -> list[Flow]:
    """Return the flows of an exchange; flows of installations get the key ``window``."""
    if not _serves_installations(exchange):
        return exchange.flows
    return [
        {**flow, "window": _whose(exchange, flow)} if flow["phase"] in INSTALL_PHASES else flow
        for flow in exchange.flows
    ]


def _serves_installations(exchange: Exchange) -> bool:
    return exchange.relation.client in (NIM_CLIENT, GATEWAY)


def _whose(exchange: Exchange, flow: Flow) -> str:
    if exchange.side == CLIENT and exchange.relation.client == NIM_CLIENT:
        return HOST
    for end in (SOURCE, DESTINATION):
        if flow[end]["role"] == NIM_CLIENT and flow[end].get("peers") not in PSEUDO_PEERS:
            return end
    return ANY


def _check(where: str, clients: Mapping[str, list[str]], exchange: Exchange) -> None:
    """Raise MatrixError if a named client has an address that no flow has as that of a client."""
    if exchange.side == CLIENT or NIM_CLIENT not in exchange.peers:
        return
    for name, addresses in clients.items():
        for outside in address_sets.outside(addresses, exchange.peers[NIM_CLIENT]):
            raise MatrixError(
                f"{where} names {name}, but its address {outside} is not among those of the clients. "
                "Add it to nim_client_networks, or do not name this client."
            )
