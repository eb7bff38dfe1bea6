# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock-out guard: what a table that denies by default has to permit before it comes into force."""

from collections import namedtuple
from ipaddress import IPv4Address, IPv6Network, ip_address

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import port_grid
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

Packet = namedtuple("Packet", "direction interface protocol source destination source_port destination_port")
"""A packet of an established connection to or from this host; for icmpv6 the ports are type and code."""

_LOOPBACK = {4: "127.0.0.1", 6: "::1"}
_LINK_LOCAL, _ALL_NODES = "fe80::1", "ff02::1"
_NEIGHBOUR_DISCOVERY = range(133, 137)
_ANY_INTERFACE = ""


def check(family, rules, connection):
    """Raise HostError if a table of these rules, with a default that denies, drops indispensable packets.

    ``connection`` is SSH_CONNECTION of the environment.
    """
    for what, packets in _indispensable(family, connection):
        if not all(_admits(rules, packet) for packet in packets):
            raise HostError(
                f"The IPv{family} filter would deny {what} once it denies by default. First add a rule of your own"
                " that permits it; nothing was changed."
            )


def _indispensable(family, connection):
    loopback = _LOOPBACK[family]
    yield (
        f"lo0 ({loopback})",
        [
            Packet(way, "lo0", protocol, loopback, loopback, 40000, 40001)
            for way in ("inbound", "outbound")
            for protocol in ("tcp", "udp")
        ],
    )
    if family == 6:
        yield (
            "neighbour discovery (icmpv6 133-136)",
            [
                Packet(way, _ANY_INTERFACE, "icmpv6", _LINK_LOCAL, _ALL_NODES, kind, 0)
                for way in ("inbound", "outbound")
                for kind in _NEIGHBOUR_DISCOVERY
            ],
        )
    client, client_port, server, server_port = _ends(connection)
    if ip_address(client).version == family:
        yield (
            f"the connection by which this host is managed ({connection})",
            [
                Packet("inbound", _ANY_INTERFACE, "tcp", client, server, client_port, server_port),
                Packet("outbound", _ANY_INTERFACE, "tcp", server, client, server_port, client_port),
            ],
        )


def _ends(connection):
    try:
        client, client_port, server, server_port = connection.split()
        return client.partition("%")[0], int(client_port), server.partition("%")[0], int(server_port)
    except ValueError:
        raise HostError(
            "SSH_CONNECTION is not set (sudo drops it unless env_keep names it), so the connection by which this host is"
            " managed is unknown, and the filter cannot be set to deny by default; nothing was changed."
        )


def _admits(rules, packet):
    for rule in rules:
        if _matches(rule, packet):
            return rule.action == "permit"
    return False


def _matches(rule, packet):
    """Return whether a rule matches the packet; where that is uncertain, a deny counts and a permit does not."""
    is_permit = rule.action == "permit"
    on_interface = rule.interface in ("all", packet.interface) or (not is_permit and packet.interface == _ANY_INTERFACE)
    protocols = ("all", packet.protocol, f"{packet.protocol}/ack")
    return (
        on_interface
        and (not is_permit or (rule.expiration == "0" and not rule.pattern_type))
        and rule.routing in ("both", "local")
        and rule.direction in ("both", packet.direction)
        and rule.protocol in protocols
        and (rule.fragments != "fragments and fragment headers only")
        and _within(packet.source, rule.source, rule.source_mask)
        and _within(packet.destination, rule.destination, rule.destination_mask)
        and port_grid.matches((rule.source_operator, int(rule.source_port)), packet.source_port)
        and port_grid.matches((rule.destination_operator, int(rule.destination_port)), packet.destination_port)
    )


def _within(address, network, mask):
    found = ip_address(address)
    bits = int(IPv4Address(mask)) if found.version == 4 else int(IPv6Network(f"::/{mask}").netmask)
    return int(found) & bits == int(ip_address(network)) & bits
