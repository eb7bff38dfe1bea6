# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a host name, as this host's resolver has them, as far as other hosts can use them."""

import ipaddress
import socket


def resolve(hostname):
    """Return the addresses as text, none if the name isn't known."""
    try:
        found = socket.getaddrinfo(hostname, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return []
    texts = [address[0].partition("%")[0] for _family, _type, _protocol, _name, address in found]
    return [text for text in dict.fromkeys(texts) if _is_reachable(ipaddress.ip_address(text))]


def _is_reachable(address):
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)
