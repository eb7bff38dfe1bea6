# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many filter rules a host is asked to walk through for each packet, and what to do if they are too many."""

from ipaddress import ip_network

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.aix_rules import FAMILIES
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_WIDER = {4: 24, 6: 64}


def check(count, limit, peers):
    """Raise HostError if there are more rules than the limit, naming the peers to blame and what would help."""
    if count <= limit:
        return
    group = max(sorted(peers), key=lambda name: len(_networks(peers[name])))
    networks = _networks(peers[group])
    wider = {network.supernet(new_prefix=min(network.prefixlen, _WIDER[network.version])) for network in networks}
    raise HostError(
        f"The flows take {count} filter rules, more than the {limit} that are allowed; {group} has {len(networks)}"
        f" addresses and networks that don't add up to fewer, but lie in {len(wider)} networks of /24 (IPv6: /64): name"
        " such networks instead, or raise the limit; nothing was changed."
    )


def _networks(addresses):
    return [ip_network(text) for name in FAMILIES.values() for text in addresses.get(name, ())]
