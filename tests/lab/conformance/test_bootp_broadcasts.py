# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BOOTP of a client that has no address yet: what it broadcasts, and what a relay agent on the gateway makes of it.

Frames go onto the cable as a boot firmware's do. All of it belongs to the profile `working` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import product
from typing import NamedTuple

from ..network import CONTROL
from .matrix import Opening
from .packets import Packet, Ports
from .senders import BROADCAST, FromNeighbour
from .site import Pair, Site
from .tracking import forget_connections
from .trials import arrived_as_said
from .witnesses import Delivered

NOBODY, EVERYBODY = "0.0.0.0", "255.255.255.255"
SERVER, CLIENT = 67, 68


class Message(NamedTuple):
    """What a host shall get, put by someone onto a cable of its own."""

    flow: str
    sender: str
    receiver: str
    source: str
    destination: str
    ports: Ports


def messages(site: Site, pair: Pair) -> Iterator[Message]:
    """Yield each that the matrix has, between a master and a client whose segments a gateway joins."""
    request, reply = Ports("udp", CLIENT, SERVER), Ports("udp", SERVER, CLIENT)
    relayed = Ports("udp", SERVER, SERVER)
    master, client = (site.address(name, 4) for name in pair)
    near_master, near_client = (site.address_in(site.gateway, site.network(name)) for name in pair)
    yield Message("bootp-broadcast-request", CONTROL, pair.master, NOBODY, EVERYBODY, request)
    yield Message("bootp-broadcast-reply", CONTROL, pair.client, master, EVERYBODY, reply)
    yield Message("bootp-relay-broadcast-request", pair.client, site.gateway, NOBODY, EVERYBODY, request)
    yield Message("bootp-relay-request", site.gateway, pair.master, near_master, master, relayed)
    yield Message("bootp-relay-reply", pair.master, site.gateway, master, near_client, relayed)
    yield Message("bootp-relay-delivery", site.gateway, pair.client, near_client, client, reply)
    yield Message("bootp-relay-broadcast-delivery", site.gateway, pair.client, near_client, EVERYBODY, reply)


def test_a_client_without_an_address_is_heard_and_answered(site, judge) -> None:
    """Each message arrives in the profile that has it, and none from or to a port beside its own."""
    for pair in site.pairs():
        for message in messages(site, pair):
            opening = Opening(site.plans[message.receiver], "in", message.source, message.destination)
            says = {
                Packet(message.source, message.destination, ports): opening.flows(ports)
                for ports in beside(message.ports)
            }
            assert (message.flow in opening.flows(message.ports)) == (site.profile == "working")
            forget_connections(site.namespace(message.receiver))
            with (
                closing(sender_of(site, message)) as sender,
                closing(Delivered(site.namespace(message.receiver), 4)) as witness,
            ):
                place = f"behind the filter of {message.receiver}"
                judge(site.enforced_by(pair), len(says), arrived_as_said(sender, says, {place: witness}))


def sender_of(site: Site, message: Message) -> FromNeighbour:
    """Who puts a message on the cable that it arrives by."""
    network = site.network(message.sender if message.receiver == site.gateway else message.receiver)
    if message.destination == EVERYBODY:
        return FromNeighbour(site.namespace(message.sender), network.name, BROADCAST)
    return site.on_cable(message.sender, message.receiver, network)


def beside(ports: Ports) -> list[Ports]:
    """These ports, and those around each of them."""
    protocol, *both = ports
    return [Ports(protocol, *pair) for pair in product(*(range(port - 1, port + 2) for port in both))]
