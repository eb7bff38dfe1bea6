# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets tried on one way, each kind of trial as one function that returns where matrix and network differ.

The sender itself sends (`walked`), so that everyone along the way has a say; a neighbour of the receiver sends in its
name (`entered`), so that the receiver's filter is on its own; or the receiver begins and is answered (`answered`).
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from errno import EADDRINUSE

from .matrix import Flows
from .namespaces import inside
from .observation import Witness, observe
from .packets import Packet, Ports
from .senders import FromHost, Sender
from .tally import Mismatch
from .tracking import forget_connections
from .way import Way
from .witnesses import Delivered, OnCable


def walked(way: Way, tried: Collection[Ports]) -> list[Mismatch]:
    """Let the sender send: the gateway, and then the receiver, have to let in what is open and nothing else."""
    namespace, interface = way.site.namespace(way.receiver), way.site.network(way.receiver).name
    with (
        closing(FromHost(way.site.namespace(way.sender), way.version)) as sender,
        closing(OnCable(namespace, interface, way.version)) as forwarded,
        closing(Delivered(namespace, way.version)) as delivered,
    ):
        witnesses = {f"on the cable of {way.receiver}": forwarded, f"behind the filter of {way.receiver}": delivered}
        return _tried(way, sender, tried, witnesses)


def entered(way: Way, tried: Collection[Ports]) -> list[Mismatch]:
    """Let a neighbour hand the receiver the sender's packets: its own filter has to let in what is open, no more."""
    with (
        closing(way.site.neighbour(way.receiver)) as sender,
        closing(Delivered(way.site.namespace(way.receiver), way.version)) as delivered,
    ):
        return _tried(way, sender, tried, {f"from a neighbour behind the filter of {way.receiver}": delivered})


def answered(way: Way, tried: Collection[Ports]) -> list[Mismatch]:
    """Let the receiver begin, so that each of these packets answers one of its own: all have to arrive."""
    _forget_connections(way)
    connections = {ports for ports in tried if ports.protocol == "tcp"}
    datagrams = set(tried) - connections
    begun = [way.back.packet(ports.back) for ports in tried]
    with ExitStack() as sockets:
        # A listening kernel answers a connection itself; datagrams are answered here.
        for port in {ports.source for ports in connections}:
            sockets.enter_context(_listening(way, port))
        beginner = sockets.enter_context(closing(FromHost(way.site.namespace(way.receiver), way.version)))
        answerer = sockets.enter_context(closing(FromHost(way.site.namespace(way.sender), way.version)))
        witness = sockets.enter_context(closing(Delivered(way.site.namespace(way.receiver), way.version)))
        arrived = observe(beginner, begun, {"": witness}, {"": connections})[""]
        replies = [way.packet(ports) for ports in datagrams]
        arrived |= observe(answerer, replies, {"": witness}, {"": datagrams})[""]
    place = f"as an answer behind the filter of {way.receiver}"
    return [
        Mismatch(way.packet(ports), place, way.back.flows(ports.back)) for ports in tried if ports not in arrived
    ]


def arrived_as_said(
    sender: Sender, says: Mapping[Packet, Flows], witnesses: Mapping[str, Witness]
) -> list[Mismatch]:
    """Send packets and compare what is seen with what the matrix says of each: the flows that may begin with it."""
    # What must not pass goes first: by the time that the last of the others has arrived, it would have, too.
    in_order = sorted(says, key=lambda packet: bool(says[packet]))
    due = {packet.ports for packet in says if says[packet]}
    seen = observe(sender, in_order, witnesses, dict.fromkeys(witnesses, due))
    return [
        Mismatch(packet, place, flows)
        for place in witnesses
        for packet, flows in says.items()
        if (packet.ports in seen[place]) != bool(flows)
    ]


def _tried(
    way: Way, sender: Sender, tried: Collection[Ports], witnesses: Mapping[str, Witness]
) -> list[Mismatch]:
    _forget_connections(way)
    return arrived_as_said(sender, {way.packet(ports): way.flows(ports) for ports in tried}, witnesses)


def _forget_connections(way: Way) -> None:
    for name in way.hosts.values():
        forget_connections(way.site.namespace(name))


@contextmanager
def _listening(way: Way, port: int) -> Iterator[None]:
    """Have the sender listen, where no service of its own does."""
    family = socket.AF_INET6 if way.version == 6 else socket.AF_INET
    with ExitStack() as listener:
        try:
            with inside(way.site.namespace(way.sender)):
                listener.enter_context(socket.create_server((way.source, port), family=family))
        except OSError as error:
            if error.errno != EADDRINUSE:
                raise
        yield
