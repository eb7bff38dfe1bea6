# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conflicts of a plan: settings that contradict each other, or that have a drawback.

An *error* cannot work, such as two daemons on one port. *Advice* works, but has a drawback.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import (
    DEFAULT_GROUPS,
    GATEWAY,
    NFS_SERVING_ROLES,
    NIM_ROLES,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import CLIENT, DOCUMENTED, SERVER
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError, join_limited
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets, port_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Exchange
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import CONDITIONS, PINS, Host

Conflict = Mapping[str, str]

# The most hosts that a message names.
_MOST_HOSTS = 5


def conflicts(host: Host, exchanges: Iterable[Exchange]) -> list[Conflict]:
    """Return the conflicts of one host, errors first."""
    exchanges = list(exchanges)
    used = _fixed_ports(exchanges)
    return [
        *_pins_on_each_other(host),
        *_pins_on_holds(host),
        *_pins_on_services(host, used),
        *_holds_on_services(host, used),
        *_pins_among_rcmd(host),
        *_holds_inside_ranges(host, exchanges),
        *_unpinned_servers(host),
        *_servers_on_gateways(host),
        *_gateways_with_one_address(host, exchanges),
        *_nimsh_reaching_shell(host, exchanges),
        *_roles_without_peers(host, exchanges),
        *_window_without_end(host),
        *_misspelt_variables(host),
        *of_groups(host.misspelt_groups),
    ]


def of_groups(misspelt: Iterable[tuple[str, str]]) -> Iterator[Conflict]:
    """Yield the conflicts of a host's misspelt groups; a host without a role has no other conflicts."""
    for name, meant in misspelt:
        yield _advice(
            f"Group {name} gives no role",
            f"Did you mean {meant}?",
            "Rename it, or add it to fleet_ports_groups",
        )


def of_role_groups(groups: Collection[str], role_groups: Mapping[str, Iterable[str]]) -> Iterator[Conflict]:
    """Yield the conflicts of role groups that are set, but are not in the inventory."""
    for role, names in role_groups.items():
        for name in names:
            if name not in groups and name != DEFAULT_GROUPS[role]:
                yield _advice(
                    f"fleet_ports_groups names group {name} for {role}",
                    "The inventory has no such group",
                    "Correct the name, or create the group",
                )


def sentence(host: str, conflict: Conflict) -> str:
    """Return a conflict as one message; ``host`` may be several names."""
    parts = (conflict[key] for key in ("what", "why", "change"))
    return f"{host}: " + " ".join(part if part.endswith("?") else f"{part}." for part in parts)


def refuse_errors(conflicts_of_hosts: Mapping[str, Iterable[Conflict]]) -> None:
    """Raise MatrixError with a message for each error among the conflicts; advice passes."""
    messages = [
        sentence(host, conflict)
        for host, found in conflicts_of_hosts.items()
        for conflict in found
        if conflict["severity"] == "error"
    ]
    if messages:
        raise MatrixError(" ".join(messages))


def of_fleet(
    conflicts_of_hosts: Mapping[str, Iterable[Conflict]], of_inventory: Iterable[Conflict]
) -> list[Mapping[str, object]]:
    """Return each conflict once, with its hosts; a conflict of the inventory has none. Errors come first."""
    hosts_of = defaultdict(list, {tuple(conflict.items()): [] for conflict in of_inventory})
    for host, found in conflicts_of_hosts.items():
        for conflict in found:
            hosts_of[tuple(conflict.items())].append(host)
    merged = []
    for conflict, hosts in hosts_of.items():
        who = join_limited(hosts, _MOST_HOSTS) or "The inventory"
        merged.append({**dict(conflict), "hosts": hosts, "sentence": sentence(who, dict(conflict))})
    return sorted(merged, key=lambda conflict: conflict["severity"] != "error")


def _error(what: str, why: str, change: str) -> Conflict:
    return {"severity": "error", "what": what, "why": why, "change": change}


def _advice(what: str, why: str, change: str) -> Conflict:
    return {"severity": "advice", "what": what, "why": why, "change": change}


def _pinned(host: Host) -> Iterator[tuple[str, int]]:
    return ((pin, port) for pin, port in host.pins.items() if port is not None)


def _own_ends(exchanges: Iterable[Exchange]) -> Iterator[tuple[Mapping, Mapping]]:
    """Return the flows of the host, each with the host's own end; flows that it only forwards are left out."""
    own = {"in": "destination", "out": "source"}
    return (
        (flow, flow[own[flow["direction"]]])
        for exchange in exchanges
        for flow in exchange.flows
        if flow["direction"] in own
    )


def _fixed_ports(exchanges: Iterable[Exchange]) -> dict[tuple[str, int], str]:
    """Return (protocol, port) -> service, for each service that the host uses on one fixed port."""
    return {
        (flow["protocol"], int(end["ports"][0])): flow["service"]
        for flow, end in _own_ends(exchanges)
        if flow["service"] not in PINS and not port_sets.is_range(tuple(end["ports"]))
    }


def _pins_on_each_other(host: Host) -> Iterator[Conflict]:
    pinned = list(_pinned(host))
    for index, (pin, port) in enumerate(pinned):
        for other, other_port in pinned[index + 1 :]:
            if port == other_port:
                yield _error(
                    f"{pin} and {other} are both pinned to {port}",
                    "Two daemons cannot share a port",
                    f"Set nfs_ports_{other} to another port",
                )


def _pins_on_holds(host: Host) -> Iterator[Conflict]:
    held = sorted({port for _protocol, port in host.held})
    for pin, port in _pinned(host):
        if port in held:
            yield _error(
                f"{pin} is pinned to {port}, which this host holds for its BMC",
                "No process can bind a held port",
                f"Set nfs_ports_{pin} to a port other than {', '.join(map(str, held))}",
            )


def _pins_on_services(host: Host, used: Mapping[tuple[str, int], str]) -> Iterator[Conflict]:
    used_here = {port: service for (_protocol, port), service in used.items()}
    elsewhere = {service.port: service.name for service in service_table.SERVICES}
    held = {port for _protocol, port in host.held}
    for pin, port in _pinned(host):
        if port in used_here:
            yield _error(
                f"{pin} is pinned to {port}, which {used_here[port]} needs on this host",
                "Two daemons cannot share a port",
                f"Set nfs_ports_{pin} to another port",
            )
        elif port in elsewhere and port not in held:
            yield _advice(
                f"{pin} is pinned to {port}, the port of {elsewhere[port]}",
                "This works only as long as the host does not run that service",
                f"Set nfs_ports_{pin} to another port",
            )


def _holds_on_services(host: Host, used: Mapping[tuple[str, int], str]) -> Iterator[Conflict]:
    for protocol, port in host.held:
        if (protocol, port) in used:
            yield _error(
                f"{port}/{protocol} is held, but {used[protocol, port]} needs it on this host",
                "No process can bind a held port",
                f"Remove {port} from port_blocker_ports",
            )


def _pins_among_rcmd(host: Host) -> Iterator[Conflict]:
    if not any(role in NIM_ROLES for role in host.roles):
        return
    for pin, port in _pinned(host):
        if port_sets.contains(host.traits.reserved, port):
            yield _advice(
                f"{pin} is pinned to {port}, which lies in the rcmd() range {', '.join(host.traits.reserved)}",
                "An rcmd() connection may use the port before the daemon starts",
                f"Set nfs_ports_{pin} to a port outside that range",
            )


def _holds_inside_ranges(host: Host, exchanges: Iterable[Exchange]) -> Iterator[Conflict]:
    """Yield held ports in opened ranges; the profile `working` removes them from a range unless it has no others."""
    inside = {
        (port, protocol): flow["id"]
        for flow, end in _own_ends(exchanges)
        if port_sets.is_range(tuple(end["ports"]))
        for protocol, port in host.held
        if protocol == flow["protocol"] and port_sets.contains(end["ports"], port)
    }
    literal = host.settings["fleet_ports_profile"] == DOCUMENTED
    for port, protocol in sorted(inside):
        yield _advice(
            f"{port}/{protocol} is held, but lies in an opened range ({inside[port, protocol]})",
            "The firewall accepts packets to a port of the BMC",
            "Set fleet_ports_profile to working, which excludes held ports" if literal else "Set a wider range",
        )


def _unpinned_servers(host: Host) -> Iterator[Conflict]:
    if not any(role in NFS_SERVING_ROLES for role in host.roles):
        return
    aix = host.settings["fleet_ports_system"] == "aix"
    unpinned = [pin for pin, port in host.pins.items() if port is None and not (aix and pin == "statd")]
    if unpinned:
        yield _advice(
            f"{' and '.join(unpinned)} of this NFS server {'are' if len(unpinned) > 1 else 'is'} not pinned",
            f"The whole range {service_table.DYNAMIC} is opened for {'them' if len(unpinned) > 1 else 'it'}",
            f"Set {' and '.join('nfs_ports_' + pin for pin in unpinned)}",
        )


def _servers_on_gateways(host: Host) -> Iterator[Conflict]:
    serving = [role for role in NFS_SERVING_ROLES if role in host.roles]
    if GATEWAY in host.roles and serving:
        yield _advice(
            f"The host has the roles {GATEWAY} and {' and '.join(serving)}",
            "NFS and TFTP servers should not run on a firewall machine (002, Additional Considerations, 1 and 2)",
            "Use another host as the gateway, or move the resources to a nim_resource_server",
        )


def _gateways_with_one_address(host: Host, exchanges: Iterable[Exchange]) -> Iterator[Conflict]:
    """Yield gateways that cannot relay between two networks; the relayed protocol, BOOTP, is IPv4 only."""
    relays = any(exchange.flows and not exchange.relation.routed for exchange in exchanges)
    if GATEWAY in host.roles and relays and address_sets.is_one_of_ipv4(host.known_addresses):
        yield _advice(
            "This gateway has only one IPv4 address",
            "Its relay agent also sends from its address in the clients' network",
            "Set fleet_ports_addresses to all of its addresses",
        )


def _nimsh_reaching_shell(host: Host, exchanges: Iterable[Exchange]) -> Iterator[Conflict]:
    reached = [
        f"{port} ({name})"
        for port, name in ((service_table.RLOGIN.port, "rlogin"), (service_table.SHELL.port, "rsh"))
        if port_sets.contains(host.traits.reserved, port)
    ]
    uses_nimsh = any(
        CONDITIONS["nimsh"](traits)
        for exchange in exchanges
        if exchange.side and (exchange.relation.server, exchange.relation.client) == ("nim_master", "nim_client")
        for traits in exchange.sides[CLIENT].traits
    )
    if reached and uses_nimsh:
        opened = ", ".join(host.traits.reserved)
        yield _advice(
            f"Ports {' and '.join(reached)} lie in the opened range {opened}"
            if len(reached) > 1
            else f"Port {reached[0]} lies in the opened range {opened}",
            "nimsh replaces these services",
            "Set nim_concurrent_operations to narrow it"
            if host.settings["nim_concurrent_operations"] is None
            else "Keep their daemons disabled",
        )


def _roles_without_peers(host: Host, exchanges: Iterable[Exchange]) -> Iterator[Conflict]:
    for role in host.roles:
        of_role = [exchange for exchange in exchanges if exchange.relation.routed and _belongs(exchange, role)]
        if of_role and not any(exchange.flows for exchange in of_role):
            missing = sorted({name for exchange in of_role for name in exchange.missing})
            yield _advice(
                f"The role {role} has no peers: domain '{host.domain}' has no other {' or '.join(missing)}",
                "Nothing is opened for this role",
                "Check the groups of the peers, and their nim_domain",
            )


def _window_without_end(host: Host) -> Iterator[Conflict]:
    """Yield a conflict if clients are named for a window whose length is not set."""
    if host.settings["nim_firewall_window_clients"] and host.settings["nim_firewall_window"] is None:
        yield _advice(
            "nim_firewall_window_clients names clients, but nim_firewall_window is not set",
            "The flows of installations are permanently open to all clients",
            "Set nim_firewall_window in the inventory, or remove nim_firewall_window_clients",
        )


def _misspelt_variables(host: Host) -> Iterator[Conflict]:
    for name, meant in host.misspelt_variables:
        yield _advice(f"Unknown variable {name} is ignored", f"Did you mean {meant}?", "Correct the name")


def _belongs(exchange: Exchange, role: str) -> bool:
    return role == {SERVER: exchange.relation.server, CLIENT: exchange.relation.client, None: GATEWAY}[exchange.side]
