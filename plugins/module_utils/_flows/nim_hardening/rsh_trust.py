# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts that rsh trusts: lines of ``.rhosts`` and ``hosts.equiv``, each a host and perhaps a user."""

import ipaddress


class TrustOf:
    """Recognises the lines that trust one of these hosts, which are names and addresses."""

    def __init__(self, hosts):
        networks = [_network(host) for host in hosts]
        self._networks = [network for network in networks if network is not None]
        self._names = {host.lower() for host, network in zip(hosts, networks) if network is None and host}
        self._short_names = {name.partition(".")[0] for name in self._names}

    def __call__(self, line):
        """Return whether the line trusts one of them."""
        host = trusted(line)
        if not host:
            return False
        address = _network(host)
        if address is not None:
            return any(address.network_address in network for network in self._networks)
        # Where either side leaves the domain out, the rest decides.
        return host in self._names | self._short_names or host.partition(".")[0] in self._names


def trusted(line):
    """Return what a line trusts: a host, ``+`` for all, ``+@GROUP``, or an empty text for a comment or a refusal."""
    host = (line.split("#")[0].split() or [""])[0].lower()
    return "" if host.startswith("-") else host


def _network(text):
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None
