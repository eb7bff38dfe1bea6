# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of the cases are asked to open: a master's flows, a gateway's, and a few."""

from __future__ import annotations

from .requests import End, Flow, Request

CLIENT, MASTER, UNADDRESSED, EVERYBODY = "nim_client", "nim_master", "unaddressed", "broadcast"
_RESERVED, _EPHEMERAL, _RPC = ("513-1023",), ("32768-65535",), ("512-1023", "32768-65535")
_PSEUDO_PEERS = {UNADDRESSED: ("0.0.0.0/32",), EVERYBODY: ("255.255.255.255/32",)}


def _in(name: str, protocol: str, source: tuple[str, ...], *destination: str) -> Flow:
    return Flow(name, "in", protocol, End(source, CLIENT), End(destination, None))


def _out(name: str, protocol: str, source: tuple[str, ...], *destination: str) -> Flow:
    return Flow(name, "out", protocol, End(source, None), End(destination, CLIENT))


OF_MASTER = Request(
    flows=(
        Flow("bootp-broadcast-request", "in", "udp", End(("68",), UNADDRESSED), End(("67",), EVERYBODY)),
        Flow("bootp-broadcast-reply", "out", "udp", End(("67",), None), End(("68",), EVERYBODY)),
        _in("bootp-request", "udp", ("68",), "67"),
        _out("bootp-reply", "udp", ("67",), "68"),
        _in("tftp-request", "udp", ("1024-65535",), "69"),
        _out("tftp-data", "udp", _EPHEMERAL, "1024-65535"),
        _in("register", "tcp", _RESERVED, "1058-1059"),
        _out("nimsh", "tcp", _RESERVED, "3901"),
        _in("nimsh-stderr", "tcp", ("3902",), "513-1023"),
        _in("portmapper", "udp", _RPC, "111"),
        _in("nfs", "tcp", _RPC, "2049"),
    ),
    peers={CLIENT: ("192.0.2.64/27", "192.0.2.7/32", "198.51.100.0/24", "2001:db8:2::/64"), **_PSEUDO_PEERS},
)

OF_GATEWAY = Request(
    flows=(
        Flow("bootp-relay-broadcast-request", "in", "udp", End(("68",), UNADDRESSED), End(("67",), EVERYBODY)),
        _in("bootp-relay-request", "udp", ("68",), "67"),
        Flow("bootp-relay-reply", "in", "udp", End(("67",), MASTER), End(("67",), None)),
        Flow("register", "forward", "tcp", End(_RESERVED, CLIENT), End(("1058-1059",), MASTER)),
        Flow("tftp-request", "forward", "udp", End(("1024-65535",), CLIENT), End(("69",), MASTER)),
        Flow("nimsh", "forward", "tcp", End(_RESERVED, MASTER), End(("3901",), CLIENT)),
        Flow("tftp-data", "forward", "udp", End(_EPHEMERAL, MASTER), End(("1024-65535",), CLIENT)),
    ),
    peers={
        CLIENT: ("198.51.100.64/26", "2001:db8:2::/65"),
        MASTER: ("192.0.2.20/32", "203.0.113.8/32", "2001:db8:1::20/128"),
        **_PSEUDO_PEERS,
    },
)

SMALL = Request(
    flows=(_in("register", "tcp", ("1000",), "1058"),), peers={CLIENT: ("198.51.100.8/32", "2001:db8:2::8/128")}
)

REQUESTS = {"master": OF_MASTER, "gateway": OF_GATEWAY, "small": SMALL}
