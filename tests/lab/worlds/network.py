# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network of a world: the host, and the segments behind each of its interfaces, where all its peers are.

A segment is a cable's other end in a namespace of its own. It has no addresses: packets are put onto the cable, and
seen on it, byte by byte, so that it can be any peer. Interfaces do without ARP: a packet needs nothing but itself.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..conformance.namespaces import inside
from .isolation import enter_new_network


class Interface(NamedTuple):
    """One of the host's: its addresses with their networks, and whether the rest of the world is behind it."""

    name: str
    addresses: tuple[str, ...]
    has_default_route: bool = False

    @property
    def networks(self) -> list:
        """What is on the link."""
        return [ipaddress.ip_interface(address).network for address in self.addresses]

    def address(self, version: int) -> str:
        """The host's own."""
        found = (ipaddress.ip_interface(each) for each in self.addresses)
        return next(str(each.ip) for each in found if each.version == version)


UPLINK = Interface("eth0", ("192.0.2.10/24", "2001:db8:1::10/64"), has_default_route=True)
DOWNLINK = Interface("eth1", ("198.51.100.1/24", "2001:db8:2::1/64"))
_PATIENCE = 30.0


@functools.cache
def interface_towards(interfaces: tuple[Interface, ...], address: str) -> Interface:
    """The one by which the host reaches an address, and so by which its packets come."""
    wanted = ipaddress.ip_address(address)
    on_link = (each for each in interfaces if any(wanted in network for network in each.networks))
    return next(on_link, None) or next(each for each in interfaces if each.has_default_route)


class Network(NamedTuple):
    """The namespaces, as paths: the host's, and by the name of its interface those of the segments."""

    host: Path
    segments: dict[str, Path]
    interfaces: tuple[Interface, ...]


@contextmanager
def network(interfaces: Sequence[Interface]) -> Iterator[Network]:
    """Make the network of the host whose namespace this process is in."""
    host = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    segments = {}
    with inside(_path(host)):
        for each in interfaces:
            segments[each.name] = enter_new_network()
            Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    made = Network(_path(host), {name: _path(number) for name, number in segments.items()}, tuple(interfaces))
    _lay_cables(made)
    _give_addresses(interfaces)
    _set_up_forwarding(len(interfaces) > 1)
    try:
        yield made
    finally:
        for number in (host, *segments.values()):
            os.close(number)


def _lay_cables(made: Network) -> None:
    """Make the interfaces, and wait until the kernel, which takes its time, has found that they are connected."""
    _ip(["link set lo up"])
    for name, segment in made.segments.items():
        _ip([f"link add {name} type veth peer name {name} netns {segment}",
             f"link set {name} arp off addrgenmode none up"])
        with inside(segment):
            _ip([f"link set {name} up"])
            _wait_for(" state UP ", "-o", "link", "show", name)
        _wait_for(" state UP ", "-o", "link", "show", name)


def _give_addresses(interfaces: Sequence[Interface]) -> None:
    """Give the host its addresses and routes, and wait until the kernel accepts what comes for them."""
    _ip([line for each in interfaces for line in _address_lines(each)])
    for each in interfaces:
        _wait_for(f"local {each.address(6)} ", "-6", "route", "show", "table", "local", "dev", each.name)


def _wait_for(sign: str, *question: str) -> None:
    """Wait until ``ip`` shows this."""
    deadline = time.monotonic() + _PATIENCE
    while sign not in subprocess.run(["ip", *question], text=True, capture_output=True, check=False).stdout:
        if time.monotonic() > deadline:
            raise OSError(f"ip {' '.join(question)} does not show {sign.strip()!r}")
        time.sleep(0.001)


def _address_lines(interface: Interface) -> Iterator[str]:
    name = interface.name
    for address in interface.addresses:
        # What waits for duplicates to be detected accepts nothing, for as long as it takes.
        yield f"address add {address} dev {name}" + (" nodad" if ":" in address else "")
    if interface.has_default_route:
        yield f"route add default dev {name}"
        yield f"route add ::/0 dev {name}"


def _set_up_forwarding(is_gateway: bool) -> None:
    for name in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        Path("/proc/sys/net", name).write_text(str(int(is_gateway)))
    for path in Path("/proc/sys/net/ipv4/conf").glob("*/rp_filter"):
        path.write_text("0")


def _path(number: int) -> Path:
    return Path(f"/proc/{os.getpid()}/fd/{number}")


def _ip(lines: Sequence[str]) -> None:
    done = subprocess.run(["ip", "-batch", "-"], input="".join(f"{line}\n" for line in lines), text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"ip: {done.stderr}")
