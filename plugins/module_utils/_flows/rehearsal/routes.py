# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The routes of the copy, as the kernel answers: through which interface an address is reached, and from which source."""

import collections
import struct

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import netlink, packets

# kind: UNICAST, LOCAL, BROADCAST or another number of rtnetlink(7); interface: its index; source: the host's own address
Route = collections.namedtuple("Route", "kind interface source")

UNICAST, LOCAL, BROADCAST = 1, 2, 3

_GET_ROUTE = 26
_HEADER = struct.Struct("=BBBBBBBBI")
_DESTINATION, _INTERFACE, _SOURCE = 1, 4, 7
_AF = {True: 10, False: 2}


class Routes:
    """The routes of this process' network namespace."""

    def __init__(self):
        self._kernel = netlink.Netlink(netlink.ROUTE)
        self._known = {}

    def to(self, address):
        """Return the Route to an address, or None."""
        if address not in self._known:
            self._known[address] = self._ask(address)
        return self._known[address]

    def leads_outside(self, address):
        """Return whether an address is reached through an interface of the network."""
        route = self.to(address)
        return route is not None and route.kind == UNICAST and route.interface not in (None, 1)

    def _ask(self, address):
        destination = packets.binary(address)
        is_ip6 = packets.is_ip6(address)
        body = _HEADER.pack(_AF[is_ip6], len(destination) * 8, *[0] * 7)
        try:
            content = self._kernel.ask(_GET_ROUTE, body + netlink.pack([(_DESTINATION, destination)]))
        except OSError:
            return None
        attributes = dict(netlink.unpack(content[_HEADER.size :]))
        interface = attributes.get(_INTERFACE)
        source = attributes.get(_SOURCE)
        return Route(
            kind=_HEADER.unpack_from(content)[7],
            interface=interface and struct.unpack("=I", interface)[0],
            source=source and packets.text(source),
        )

    def close(self):
        self._kernel.close()
