# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets sent in a world, and which of them passed the host's packet filter.

Nobody waits for a packet that does not come: behind the packets goes a frame, to an end where no packet filter has seen
it yet. A processor takes frames in the order in which they come to it, and all of a world runs on one, so what was sent
before that frame has met its fate when the frame is seen.
"""

from __future__ import annotations

import ipaddress
import itertools
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

from ..conformance.namespaces import inside
from ..conformance.packets import HEADER_LENGTHS, PROTOCOLS, SYN, Packet, Ports, as_bytes
from ..conformance.tracking import forget_connections
from .network import Network

BROADCAST = "255.255.255.255"
_BROADCAST_MAC = b"\xff" * 6
_ETHERNET_TYPES = {4: 0x0800, 6: 0x86DD}
_PROTOCOL_AT = {4: 9, 6: 6}
_NAMES = {number: name for name, number in PROTOCOLS.items()}
_SENTINEL = 0x88B5  # IEEE 802: for local experiments
_SO_RCVBUFFORCE = 33
_BUFFER = 16 << 20
_SOL_PACKET, _IGNORE_OUTGOING = 263, 23
_PATIENCE = 30.0
_DELIVERED = object()


class Probe(NamedTuple):
    """A packet and its way: the hook that decides on it, and the interfaces by which it comes and goes ("": none)."""

    hook: str
    enters: str
    leaves: str
    packet: Packet

    @property
    def back(self) -> Probe:
        """The answer to it."""
        source, destination, ports = self.packet
        hook = {"input": "output", "output": "input"}.get(self.hook, self.hook)
        return Probe(hook, self.leaves, self.enters, Packet(destination, source, ports.back))

    def __str__(self) -> str:
        ways = [f"{word} {name}" for word, name in (("from", self.enters), ("to", self.leaves)) if name]
        return f"{self.packet} ({' '.join([self.hook, *ways])})"


class HarnessError(Exception):
    """The world itself is broken: what it says about a packet filter is worth nothing."""


class _Cable:
    """A frame socket on one end of a cable."""

    def __init__(self, namespace: Path, name: str) -> None:
        with inside(namespace):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
            self.socket.bind((name, 3))
        self.mac = self.socket.getsockname()[4]
        _prepare(self.socket)

    def send(self, to: bytes, kind: int, data: bytes) -> None:
        self.socket.send(to + self.mac + struct.pack("!H", kind) + data)

    def frames(self) -> Iterable[tuple[int, bytes]]:
        """The type and content of each frame that has come."""
        return ((struct.unpack_from("!H", data, 12)[0], data[14:]) for data in _waiting(self.socket))

    def close(self) -> None:
        self.socket.close()


class Traffic:
    """All the sockets of a world."""

    def __init__(self, made: Network) -> None:
        self._host = made.host
        self._marks = itertools.count(1)
        self.sent = 0
        with ExitStack() as stack:
            self._ours = {name: stack.enter_context(closing(_Cable(made.host, name))) for name in made.segments}
            self._theirs = {
                name: stack.enter_context(closing(_Cable(namespace, name))) for name, namespace in made.segments.items()
            }
            self._delivered = [
                (version, name, stack.enter_context(_raw(made.host, version, number)))
                for version in (4, 6)
                for name, number in PROTOCOLS.items()
            ]
            self._sending = {
                version: stack.enter_context(_raw(made.host, version, socket.IPPROTO_RAW)) for version in (4, 6)
            }
            self._stack = stack.pop_all()

    def __enter__(self) -> Traffic:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def passed(self, probes: Sequence[Probe]) -> dict[Probe, bool]:
        """Send each probe as the first packet of a conversation; return whether it passed."""
        fates: dict[Probe, bool] = {}
        for _key, batch in itertools.groupby(sorted(dict.fromkeys(probes), key=_way), key=_way):
            forget_connections(self._host)
            fates |= self._passed(list(batch))
        return fates

    def answered(self, probes: Sequence[Probe]) -> dict[Probe, bool]:
        """Send each probe, and then an answer to it; return whether the answer passed as well."""
        fates: dict[Probe, bool] = {}
        for _key, batch in itertools.groupby(sorted(dict.fromkeys(probes), key=_way), key=_way):
            forget_connections(self._host)
            seen = self._seen(list(batch))
            # The other end answers to the addresses that it sees: the host may have replaced them.
            backs = {probe: probe._replace(packet=seen[probe] or probe.packet).back for probe in seen}
            answers = self._passed(list(backs.values()))
            fates |= {probe: answers[back] for probe, back in backs.items()}
        return fates

    def _passed(self, probes: list[Probe]) -> dict[Probe, bool]:
        return {probe: packet is not None for probe, packet in self._seen(probes).items()}

    def _seen(self, probes: list[Probe]) -> dict[Probe, Packet | None]:
        """Send the probes; return each as it was when it had passed, None if it did not."""
        marks = dict(zip(self._marks, probes))
        self._read()
        for mark, probe in marks.items():
            self._send(probe, mark)
        self.sent += len(marks)
        came, passed = self._read()
        lost = [probe for mark, probe in marks.items() if probe.enters and (probe.enters, mark) not in came]
        if lost:
            raise HarnessError(f"{len(lost)} packets did not get as far as the host, such as {lost[0]}")
        seen = {probe: passed.get((probe.leaves, mark)) for mark, probe in marks.items()}
        # A socket of the host does not tell the addresses.
        return {probe: probe.packet if packet is _DELIVERED else packet for probe, packet in seen.items()}

    def _send(self, probe: Probe, mark: int) -> None:
        packet = probe.packet
        data = as_bytes(packet, mark)
        if not probe.enters:
            with suppress(PermissionError):  # what a filter says of an outgoing packet
                self._sending[packet.version].sendto(data, (packet.destination, 0))
            return
        to = _BROADCAST_MAC if packet.destination == BROADCAST else self._ours[probe.enters].mac
        self._theirs[probe.enters].send(to, _ETHERNET_TYPES[packet.version], data)

    def _read(self) -> tuple[set, dict]:
        """Return which marks came to the host, by which interface, and what passed its filter, "" being the host."""
        came = set()
        # The second time, what the host sent on when the first sentinel came is behind as well.
        for name in [*self._ours, *self._ours]:
            came |= {(name, mark) for mark in self._until_sentinel(self._theirs[name], self._ours[name])}
        passed = {
            (name, mark): _packet(*frame)
            for name, cable in self._theirs.items()
            for frame in cable.frames()
            for mark in _mark_of_frame(*frame)
        }
        for version, name, source in self._delivered:
            skipped = HEADER_LENGTHS[4] if version == 4 else 0  # an IPv6 socket gives what follows the header
            passed |= {("", _mark(name, data[skipped:])): _DELIVERED for data in _waiting(source)}
        return came, passed

    def _until_sentinel(self, sender: _Cable, receiver: _Cable) -> set[int]:
        token = struct.pack("!Q", next(self._marks)).ljust(46, b"\0")
        sender.send(receiver.mac, _SENTINEL, token)
        found: set[int] = set()
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for kind, data in receiver.frames():
                if kind == _SENTINEL and data == token:
                    return found
                found |= _mark_of_frame(kind, data)
            time.sleep(0.0002)
        raise HarnessError("a cable is cut")


def _way(probe: Probe) -> tuple[str, str, str]:
    """Packets of one way; conntrack takes none of them for the answer to another."""
    return probe.hook, probe.enters, probe.leaves


def _mark_of_frame(kind: int, data: bytes) -> set[int]:
    for version, number in _ETHERNET_TYPES.items():
        if kind == number and (name := _NAMES.get(data[_PROTOCOL_AT[version]])):
            return {_mark(name, data[HEADER_LENGTHS[version] :])}
    return set()


def _packet(kind: int, data: bytes) -> Packet:
    """What a frame contains that has a mark."""
    version = next(version for version, number in _ETHERNET_TYPES.items() if number == kind)
    ends = {4: (data[12:16], data[16:20]), 6: (data[8:24], data[24:40])}[version]
    source, destination = (str(ipaddress.ip_address(end)) for end in ends)
    ports = struct.unpack_from("!HH", data, HEADER_LENGTHS[version])
    return Packet(source, destination, Ports(_NAMES[data[_PROTOCOL_AT[version]]], *ports))


def _mark(protocol: str, body: bytes) -> int:
    """What tells a packet from all others; 0 for what was not sent here."""
    if protocol == "udp":
        return struct.unpack_from("!I", body, 8)[0] if len(body) == 12 else 0
    mark, flags = struct.unpack_from("!I5xB", body, 4)
    return mark if flags == SYN else 0


def _raw(namespace: Path, version: int, number: int) -> socket.socket:
    with inside(namespace):
        made = socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET, socket.SOCK_RAW, number)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    _prepare(made)
    return made


def _prepare(one: socket.socket) -> None:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)


def _waiting(source: socket.socket) -> Iterable[bytes]:
    with suppress(BlockingIOError):
        while True:
            yield source.recv(2048)
