# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of an interface, for a holder that is to hold on that interface only."""

import os
import re

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

INTERFACES = "/sys/class/net"

# Number, interface, family, address.
_ADDRESS = re.compile(r"\S+\s+\S+\s+inet6?\s+([0-9A-Fa-f.:]+)")


def addresses(run, interface):
    """Return the interface's addresses; those that only mean something on one link are left out."""
    if interface not in os.listdir(INTERFACES):
        raise HostError(f"This host has no interface {interface!r}; it has {', '.join(sorted(os.listdir(INTERFACES)))}.")
    lines = commands.do(run, "ip", "-oneline", "address", "show", "dev", interface).split("\n")
    matches = [_ADDRESS.match(line) for line in lines if "scope link" not in line]
    found = [match.group(1) for match in matches if match]
    if not found:
        raise HostError(f"The interface {interface!r} has no address to hold ports on; name them in 'addresses'.")
    return found
