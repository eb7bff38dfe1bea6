# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who takes part in a generated world, and what is asked for."""

from __future__ import annotations

import ipaddress
import random

from ..requests import End, Flow, Request

UNADDRESSED, EVERYBODY = "unaddressed", "broadcast"
CLIENT, MASTER = "nim_client", "nim_master"
_PSEUDO = {UNADDRESSED: ("0.0.0.0/32",), EVERYBODY: ("255.255.255.255/32",)}

_CLIENTS = {
    4: (("192.0.2.64/27",), ("192.0.2.77/32", "192.0.2.79/32"), ("198.51.100.0/25",), ("10.20.0.0/16", "192.0.2.90/32"),
        ("198.51.100.32/27", "203.0.113.8/32")),
    6: ((), ("2001:db8:2::/65",), ("2001:db8:2::7/128", "2001:db8:77::/64"), ("2001:db8:1::70/124",)),
}  # fmt: skip
# Of a gateway: clients are behind one interface, masters behind the other.
_CLIENTS_BEHIND = {4: (("198.51.100.0/25",), ("198.51.100.32/27", "198.51.100.77/32")),
                   6: ((), ("2001:db8:2::/65",), ("2001:db8:2::7/128",))}
_MASTERS = {4: (("192.0.2.20/32", "192.0.2.21/32"), ("192.0.2.16/29",), ("203.0.113.8/32",)),
            6: ((), ("2001:db8:1::20/128",), ("2001:db8:77::/64",))}

_RANGE, _EPHEMERAL, _RPC = ("513-1023",), ("32768-65535",), ("512-1023", "32768-65535")
_IN = (
    ("bootp-request", "udp", ("68",), ("67",)),
    ("tftp-request", "udp", ("1024-65535",), ("69",)),
    ("register", "tcp", _RANGE, ("1058-1059",)),
    ("portmapper", "udp", _RPC, ("111",)),
    ("portmapper-tcp", "tcp", _RPC, ("111",)),
    ("nfs", "tcp", _RPC, ("2049",)),
    ("mountd", "udp", _RPC, ("20048",)),
    ("statd", "udp", ("1-65535",), ("4046",)),
    ("stderr", "tcp", ("3902",), _RANGE),
)
_OUT = (
    ("nimsh", "tcp", _RANGE, ("3901",)),
    ("bootp-reply", "udp", ("67",), ("68",)),
    ("tftp-data", "udp", _EPHEMERAL, ("1024-65535",)),
    ("status-callback", "udp", ("1-65535",), ("4046", "32768-65535")),
)
# Broadcasts: (id, direction, source port, source peers, destination port)
_BROADCAST_REQUEST = Flow("bootp-broadcast-request", "in", "udp", End(("68",), UNADDRESSED), End(("67",), EVERYBODY))
_BROADCAST_REPLY = Flow("bootp-broadcast-reply", "out", "udp", End(("67",), None), End(("68",), EVERYBODY))


def request(dice: random.Random, is_gateway: bool) -> Request:
    """Draw up what is asked for."""
    clients = _members(dice, _CLIENTS_BEHIND if is_gateway else _CLIENTS)
    masters = _members(dice, _MASTERS)
    flows = [
        *(_flow("in", row, CLIENT, None) for row in dice.sample(_IN, dice.randint(1, 5))),
        *(_flow("out", row, None, CLIENT) for row in dice.sample(_OUT, dice.randint(0, 3))),
    ]
    flows += [each for each in (_BROADCAST_REQUEST, _BROADCAST_REPLY) if dice.random() < 0.4]
    if is_gateway:
        flows += [_flow("forward", row, CLIENT, MASTER) for row in dice.sample(_IN, dice.randint(1, 4))]
        flows += [_flow("forward", row, MASTER, CLIENT) for row in dice.sample(_OUT, dice.randint(0, 2))]
    dice.shuffle(flows)
    groups = {end.peers for flow in flows for end in (flow.source, flow.destination) if end.peers}
    peers = {group: each for group, each in {CLIENT: clients, MASTER: masters, **_PSEUDO}.items() if group in groups}
    return Request(tuple(flows), peers, _interfaces(dice, is_gateway))


def somebody(dice: random.Random, asked: Request, version: int) -> str | None:
    """An address of a peer, in one version of the Internet protocol."""
    members = _of_version(asked, version)
    if not members:
        return None
    net = dice.choice(members)
    return str(net[0] if net.num_addresses == 1 else net[dice.randrange(1, min(net.num_addresses, 200) - 1)])


def some_network(dice: random.Random, asked: Request, version: int) -> str | None:
    """A part of a network of peers."""
    wide = [net for net in _of_version(asked, version) if net.num_addresses > 8]
    if not wide:
        return None
    net = dice.choice(wide)
    start = dice.randrange(0, min(net.num_addresses, 120) - 3, 4)
    return f"{net[start]}/{net.max_prefixlen - 2}"


def _of_version(asked: Request, version: int) -> list:
    nets = [ipaddress.ip_network(each) for group in (CLIENT, MASTER) for each in asked.peers.get(group, ())]
    return [net for net in nets if net.version == version]


def _members(dice: random.Random, choices: dict) -> tuple[str, ...]:
    return dice.choice(choices[4]) + dice.choice(choices[6])


def _flow(direction: str, row: tuple, source: str | None, destination: str | None) -> Flow:
    name, protocol, source_ports, destination_ports = row
    name = name if direction != "forward" else f"{name}-through-to-{destination}"
    return Flow(name, direction, protocol, End(source_ports, source), End(destination_ports, destination))


def _interfaces(dice: random.Random, is_gateway: bool) -> tuple[str, ...]:
    if dice.random() < 0.8:
        return ()
    return ("eth0", "eth1") if is_gateway else ("eth0",)
