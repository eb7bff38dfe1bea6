# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network of a host with two interfaces, without a kernel."""

import ipaddress

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.routes import BROADCAST, LOCAL, UNICAST, Route

INTERFACES = {1: "lo", 2: "eth0", 3: "eth1"}
OWN = {"192.0.2.10": 2, "2001:db8::10": 2, "10.0.0.1": 3}
NETWORKS = {"192.0.2.0/24": 2, "10.0.0.0/8": 3, "2001:db8::/64": 2, "0.0.0.0/0": 2, "::/0": 2}


class Routes:
    """A host with two interfaces, and default routes through the first one."""

    def __init__(self, networks=None):
        listed = NETWORKS if networks is None else networks
        self._networks = {ipaddress.ip_network(network): index for network, index in listed.items()}

    def to(self, address):
        if address in OWN:
            return Route(LOCAL, 1, address)
        if address == "192.0.2.255":
            return Route(BROADCAST, 2, "192.0.2.10")
        found = ipaddress.ip_address(address)
        for network, index in self._networks.items():
            if found in network:
                return Route(UNICAST, index, self._source(found.version, index))
        return None

    def leads_outside(self, address):
        route = self.to(address)
        return route is not None and route.kind == UNICAST

    @staticmethod
    def _source(version, index):
        return {(4, 2): "192.0.2.10", (4, 3): "10.0.0.1", (6, 2): "2001:db8::10"}.get((version, index))
