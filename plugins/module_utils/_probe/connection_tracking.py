# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the connection tracking of this host remembers the packets of a probe.

Source: Documentation/networking/nf_conntrack-sysctl.rst of Linux.
"""

import os

FOLDER = "/proc/sys/net/netfilter"

# For a UDP packet, for a UDP conversation in both directions, and for a TCP connection that was reset.
TIMEOUTS = ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream", "nf_conntrack_tcp_timeout_close")


def seconds():
    """Return the longest of these time-outs in seconds, None if the kernel does not tell all of them."""
    try:
        return max(map(_timeout, TIMEOUTS))
    except (OSError, ValueError):
        return None


def _timeout(name):
    with open(os.path.join(FOLDER, name)) as file:
        return int(file.read())
