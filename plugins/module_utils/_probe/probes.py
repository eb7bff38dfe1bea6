# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is probed: one packet's two ends, and the checks of a list of them.

Probes with the same two ends are one packet on the wire; each of their numbers gets its outcome.
"""

import collections
import re
import socket

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

MOST = 20000
BROADCAST = "255.255.255.255"
UNADDRESSED = ("0.0.0.0", "::")
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}

_NONCE = re.compile(r"[0-9a-fA-F]{16,128}")


class Ends(collections.namedtuple("Ends", "protocol source source_port destination destination_port")):
    """The two ends of a probe, as the packet has them."""

    @property
    def family(self):
        return _family(self.destination)

    @property
    def kind(self):
        return KINDS[self.protocol]

    @property
    def here(self):
        """Where its receiver listens."""
        return Place(self.protocol, self.destination, self.destination_port)

    @property
    def origin(self):
        """Where its sender sends from."""
        return Place(self.protocol, self.source, self.source_port)


class Place(collections.namedtuple("Place", "protocol address port")):
    """One socket's own end."""

    @property
    def family(self):
        return _family(self.address)

    def __str__(self):
        return f"{self.port}/{self.protocol}"


def nonce(text):
    """Return the run's nonce as bytes."""
    if _NONCE.fullmatch(text) is None or len(text) % 2:
        raise HostError(
            f"The 'nonce' {text!r} is no even number of hexadecimal digits, 16 to 128; take that of probe_schedule."
        )
    return bytes.fromhex(text)


def within(name, value, lowest, highest):
    """Return the value of an option, if it is within its limits."""
    if not lowest <= value <= highest:
        raise HostError(f"'{name}' is {value:g}; it may be {lowest:g} to {highest:g}.")
    return value


def parse(probes):
    """Return ``{ends: [id, …]}`` of a list of probes, in its order."""
    if len(probes) > MOST:
        raise HostError(f"{len(probes)} probes are more than the {MOST} of one run; probe in smaller batches.")
    found, ids = collections.OrderedDict(), set()
    for probe in probes:
        if probe["id"] in ids:
            raise HostError(f"The id {probe['id']} stands twice in 'probes'; number them.")
        ids.add(probe["id"])
        found.setdefault(_ends(probe), []).append(probe["id"])
    return found


def _ends(probe):
    source, destination = (_address(probe, end) for end in ("source_address", "destination_address"))
    if _family(source) != _family(destination):
        raise HostError(f"Probe {probe['id']} goes from {source} to {destination}: one is IPv4, the other IPv6.")
    if destination in UNADDRESSED:
        raise HostError(f"Probe {probe['id']} goes to {destination}, which is nobody's address.")
    return Ends(probe["protocol"], source, _port(probe, "source_port"), destination, _port(probe, "destination_port"))


def _address(probe, option):
    """Return the address in the form in which the kernel names it."""
    text = probe[option]
    try:
        return socket.inet_ntop(_family(text), socket.inet_pton(_family(text), text))
    except (OSError, ValueError):
        raise HostError(
            f"The '{option}' {text!r} of probe {probe['id']} is no IP address;"
            " write it as '192.0.2.10' or '2001:db8::10'."
        )


def _port(probe, option):
    port = probe[option]
    if not port_ranges.LOWEST <= port <= port_ranges.HIGHEST:
        raise HostError(f"The '{option}' {port} of probe {probe['id']} is outside of 1-65535.")
    return port


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET
