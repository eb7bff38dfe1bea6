# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BOOTP: a firmware that boots, dnsmasq on the master, and dhcp-helper as the relay agent on the gateway.

Both daemons have plain UDP sockets and are behind the packet filter of their host, unlike those of ISC, whose packet
sockets are before it. The relay agent asks from the address that is nearest to the master and is answered at the one
that is nearest to the client.
"""

from __future__ import annotations

from ..fleet import CLIENTS, ROUTER_NUMBER, SERVERS, Network, host
from ..network import mac_address
from .exchange import GATEWAY, PROGRAMS, Exchange, Opening, Service, Way, opening

MASTER, INFORMED = "master01", "client01"
# It has a second cable, to the master's own network.
NEIGHBOUR = "client02"
NOBODY, EVERYONE = "0.0.0.0", "255.255.255.255"


def _address(network: Network, number: int) -> str:
    return network.addresses(number)[0].partition("/")[0]


NEAR_MASTER, NEAR_CLIENT = (_address(network, ROUTER_NUMBER) for network in (SERVERS, CLIENTS))
(_network, NUMBER) = host(NEIGHBOUR).places[0]
LOCAL_ADDRESS = _address(SERVERS, NUMBER)


def _hardware(client: str) -> str:
    return mac_address(*host(client).places[0])


def _known(client: str) -> str:
    return f"--dhcp-host={_hardware(client)},{host(client).address}"


SERVICES = (
    Service(
        "bootpd", MASTER,
        f"dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --no-ping --dhcp-leasefile={PROGRAMS}/leases"
        " --dhcp-boot=client.img"
        f" --dhcp-range={_address(SERVERS, 0)},static --dhcp-range={_address(CLIENTS, 0)},static,255.255.255.0"
        f" {_known(INFORMED)} {_known(NEIGHBOUR)}"
        f" --dhcp-host={mac_address(SERVERS, NUMBER)},{LOCAL_ADDRESS}",
        ("udp 67",),
    ),
    Service("relay", GATEWAY, f"dhcp-helper -d -i {CLIENTS.name} -s {host(MASTER).address}", ("udp 67",)),
)  # fmt: skip

_TO_RELAY = Opening("udp", NOBODY, "68", EVERYONE, "67", (Way(GATEWAY, "in"),))
_TO_MASTER = Opening("udp", NEAR_MASTER, "67", host(MASTER).address, "67", (Way(MASTER, "in"),))
_BACK_TO_RELAY = Opening("udp", host(MASTER).address, "67", NEAR_CLIENT, "67", (Way(GATEWAY, "in"),))
_RELAYED = (_TO_RELAY, _TO_MASTER, _BACK_TO_RELAY)
_LOCAL = Opening("udp", NOBODY, "68", EVERYONE, "67", (Way(MASTER, "in"),))


def _asks(client: str, network: Network, hardware: str, expected: str, options: str = "") -> str:
    # All wait at port 68, one after the other.
    return (
        f"flock {PROGRAMS}/bootp python3 {PROGRAMS}/bootp_ask.py --patience {{patience}} --interface {network.name}"
        f" --hardware {hardware} --expect {expected} {options}"
    )


def _relayed(client: str) -> tuple[Exchange, ...]:
    address, ways = host(client).address, (Way(client, "in"),)
    itself = (client, CLIENTS, _hardware(client), address)
    return (
        Exchange(
            f"{client} boots, relayed, answered by unicast", client, _asks(*itself),
            (*_RELAYED, Opening("udp", NEAR_CLIENT, "67", address, "68", ways)),
        ),
        Exchange(
            f"{client} boots, relayed, answered by broadcast", client, _asks(*itself, "--wants-broadcast"),
            (*_RELAYED, Opening("udp", NEAR_CLIENT, "67", EVERYONE, "68", ways)),
        ),
    )  # fmt: skip


EXCHANGES = (
    *_relayed(INFORMED),
    *_relayed(NEIGHBOUR),
    # Not the neighbour: an answer to a question that connection tracking saw would pass without a row.
    Exchange(
        f"{INFORMED} boots, knows its address and its master's", INFORMED,
        _asks(INFORMED, CLIENTS, _hardware(INFORMED), host(INFORMED).address,
              f"--known-address {host(INFORMED).address} --server {host(MASTER).address}"),
        (opening("udp", INFORMED, "68", MASTER, "67"),),
    ),
    Exchange(
        f"{NEIGHBOUR} boots beside the master, answered by broadcast", NEIGHBOUR,
        _asks(NEIGHBOUR, SERVERS, mac_address(SERVERS, NUMBER), LOCAL_ADDRESS, "--wants-broadcast"),
        (_LOCAL, Opening("udp", host(MASTER).address, "67", EVERYONE, "68", (Way(NEIGHBOUR, "in"),))),
    ),
    Exchange(
        f"{NEIGHBOUR} boots beside the master, answered where it says it is", NEIGHBOUR,
        _asks(NEIGHBOUR, SERVERS, _hardware(NEIGHBOUR), host(NEIGHBOUR).address,
              f"--known-address {host(NEIGHBOUR).address}"),
        (_LOCAL, opening("udp", MASTER, "67", NEIGHBOUR, "68")),
    ),
)  # fmt: skip
