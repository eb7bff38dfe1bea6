# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sockets are to be held: ports and protocols, times addresses."""

import ipaddress

from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net.port_ranges import HIGHEST, LOWEST

EVERY_ADDRESS = ("0.0.0.0", "::")

# The unit's FileDescriptorStoreMax, less some room; a process may have 1024 descriptors by default.
MOST = 1000


def wanted(holds, addresses):
    """Return the sockets for ``[{port, protocol}]``, sorted; without addresses those of every address."""
    canonical = [_canonical(address) for address in addresses] or EVERY_ADDRESS
    for hold in holds:
        if not LOWEST <= hold["port"] <= HIGHEST:
            raise HostError(f"The port {hold['port']} in 'holds' is outside of {LOWEST}-{HIGHEST}.")
    sockets = sorted({Hold(hold["protocol"], address, hold["port"]) for hold in holds for address in canonical})
    if len(sockets) > MOST:
        raise HostError(f"'holds' asks for {len(sockets)} sockets, of which the holder keeps {MOST} at most.")
    return sockets


def _canonical(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise HostError(f"{text!r} in 'addresses' is no IP address; write it as '192.0.2.10' or '2001:db8::10'.")
    if address.is_multicast or (address.version == 6 and (address.is_link_local or address.ipv4_mapped)):
        raise HostError(f"{text!r} in 'addresses' can't be held before its interface is up; name one of another kind.")
    return str(address)
