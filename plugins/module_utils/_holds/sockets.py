# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets that have to be held: each port and protocol, on each address."""

import ipaddress
import os
import re

from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net.port_ranges import HIGHEST, LOWEST

EVERY_ADDRESS = ("0.0.0.0", "::")

# The unit's FileDescriptorStoreMax, less a reserve; a process may have 1024 descriptors by default.
MOST = 1000

INTERFACES = "/sys/class/net"

# A line of ``ip -oneline address``: number, interface, family, address.
_ADDRESS = re.compile(r"\S+\s+\S+\s+inet6?\s+([0-9A-Fa-f.:]+)")


def wanted(holds, addresses):
    """Return the sorted Hold objects.

    :param holds: ``[{port, protocol}]``.
    :param addresses: IPv4 and IPv6 addresses as text; empty for every address of the host.
    """
    canonical = [_canonical(address) for address in addresses] or EVERY_ADDRESS
    for hold in holds:
        if not LOWEST <= hold["port"] <= HIGHEST:
            raise HostError(f"Invalid port {hold['port']} in 'holds': it is not in the range {LOWEST}-{HIGHEST}.")
    sockets = sorted({Hold(hold["protocol"], address, hold["port"]) for hold in holds for address in canonical})
    if len(sockets) > MOST:
        raise HostError(f"'holds' needs {len(sockets)} sockets, but the holder can keep only {MOST}. Hold fewer ports.")
    return sockets


def addresses_of(run, interface):
    """Return the addresses of a network interface, without those that are valid on its link only."""
    present = sorted(os.listdir(INTERFACES))
    if interface not in present:
        raise HostError(f"This host has no interface {interface!r}. Its interfaces are {', '.join(present)}.")
    lines = commands.do(run, "ip", "-oneline", "address", "show", "dev", interface).split("\n")
    matches = [_ADDRESS.match(line) for line in lines if "scope link" not in line]
    found = [match.group(1) for match in matches if match]
    if not found:
        raise HostError(f"Interface {interface!r} has no address to hold ports on. Set 'addresses' instead.")
    return found


def _canonical(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise HostError(f"Invalid IP address {text!r} in 'addresses'. Valid examples: 192.0.2.10 and 2001:db8::10.")
    if address.is_multicast or (address.version == 6 and (address.is_link_local or address.ipv4_mapped)):
        raise HostError(
            f"Address {text!r} in 'addresses' cannot be held: multicast, link-local and IPv4-mapped addresses cannot "
            "be bound before an interface is up."
        )
    return str(address)
