# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probes of a run: the two ends of a packet, and the validation of the list of probes.

Probes with equal ends are one packet on the wire; each of their ids gets the outcome of that packet.
"""

import collections
import re
import socket

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

MAX_PROBES = 20000
BROADCAST = "255.255.255.255"
UNSPECIFIED = ("0.0.0.0", "::")
SOCKET_TYPES = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}

_NONCE = re.compile(r"[0-9a-fA-F]{16,128}")


class Ends(collections.namedtuple("Ends", "protocol source source_port destination destination_port")):
    """The two ends of a probe as they stand in the packet: addresses as text, ports as numbers."""

    @property
    def family(self):
        return _family(self.destination)

    @property
    def source_endpoint(self):
        """Where the sender sends from."""
        return Endpoint(self.protocol, self.source, self.source_port)

    @property
    def destination_endpoint(self):
        """Where the receiver listens."""
        return Endpoint(self.protocol, self.destination, self.destination_port)


class Endpoint(collections.namedtuple("Endpoint", "protocol address port")):
    """Protocol, address and port to which a socket is bound."""

    @property
    def family(self):
        return _family(self.address)

    def __str__(self):
        return f"{self.port}/{self.protocol}"


def nonce(text):
    """Return the nonce of the run as bytes; raise HostError if the text is no nonce."""
    if _NONCE.fullmatch(text) is None or len(text) % 2:
        raise HostError(
            f"Invalid 'nonce' {text!r}: it must be an even number of hexadecimal digits, 16 to 128."
        )
    return bytes.fromhex(text)


def within(name, value, lowest, highest):
    """Return the value of the option ``name``; raise HostError if it is outside of its limits."""
    if not lowest <= value <= highest:
        raise HostError(f"Invalid '{name}' {value:g}: it must be {lowest:g} to {highest:g}.")
    return value


def parse(probes):
    """Return ``{ends: [id, …]}`` of the option ``probes``, in its order; raise HostError for an invalid probe."""
    if len(probes) > MAX_PROBES:
        raise HostError(f"'probes' has {len(probes)} probes; a run takes {MAX_PROBES} at most. Use several runs.")
    found, ids = collections.OrderedDict(), set()
    for probe in probes:
        if probe["id"] in ids:
            raise HostError(f"Id {probe['id']} occurs twice in 'probes'. Give each probe a unique id.")
        ids.add(probe["id"])
        found.setdefault(_ends(probe), []).append(probe["id"])
    return found


def _ends(probe):
    source, destination = (_address(probe, end) for end in ("source_address", "destination_address"))
    if _family(source) != _family(destination):
        raise HostError(f"Probe {probe['id']} mixes IPv4 and IPv6: from {source} to {destination}.")
    if destination in UNSPECIFIED:
        raise HostError(f"Invalid 'destination_address' {destination} of probe {probe['id']}: no host has it.")
    return Ends(probe["protocol"], source, _port(probe, "source_port"), destination, _port(probe, "destination_port"))


def _address(probe, option):
    """Return the address in the form in which the kernel writes it."""
    text = probe[option]
    try:
        return socket.inet_ntop(_family(text), socket.inet_pton(_family(text), text))
    except (OSError, ValueError):
        raise HostError(
            f"Invalid '{option}' {text!r} of probe {probe['id']}: it must be an IP address"
            " such as '192.0.2.10' or '2001:db8::10'."
        )


def _port(probe, option):
    port = probe[option]
    if not port_ranges.LOWEST <= port <= port_ranges.HIGHEST:
        raise HostError(
            f"Invalid '{option}' {port} of probe {probe['id']}:"
            f" it must be {port_ranges.LOWEST} to {port_ranges.HIGHEST}."
        )
    return port


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET
