# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What subsystems do when they start: mountd and lockd look their ports up in the services database, statd doesn't [N].

The ports of one that is running are registered with the portmapper. inetd reads its configuration when it starts and
when it is refreshed.
"""

import random
import re

ARBITRARY = range(32768, 65536)  # [N]

# Subsystem: RPC program, versions by protocol, name in rpcinfo, name in the services database, fixed port.
RPC = {
    "portmap": (100000, {"tcp": (4, 3, 2), "udp": (4, 3, 2)}, "portmapper", None, 111),
    "nfsd": (100003, {"tcp": (2, 3, 4), "udp": (2, 3)}, "nfs", None, 2049),
    "rpc.mountd": (100005, {"tcp": (1, 2, 3), "udp": (1, 2, 3)}, "mountd", "mountd", None),
    "rpc.statd": (100024, {"tcp": (1,), "udp": (1,)}, "status", None, None),
    "rpc.lockd": (100021, {"tcp": (1, 2, 3, 4), "udp": (1, 2, 3, 4)}, "nlockmgr", "lockd", None),
}


def began(state, name):
    """A daemon runs now: give it its ports."""
    if name == "inetd":
        read_inetd(state)
    if name in RPC:
        _number, versions, _label, service, port = RPC[name]
        state["subsystems"][name]["ports"] = {
            protocol: port or _services_port(state, service, protocol) or random.choice(ARBITRARY)
            for protocol in versions
        }


def registrations(state):
    """Return ``[(program, version, protocol, port, name), …]`` of all daemons that run."""
    return [
        (number, version, protocol, state["subsystems"][name]["ports"][protocol], label)
        for name, (number, versions, label, _service, _port) in RPC.items()
        if state["subsystems"][name]["pid"]
        for protocol in sorted(versions)
        for version in versions[protocol]
    ]


def read_inetd(state):
    """Let inetd listen for the services that its configuration names."""
    state["inetd"] = sorted({line.split()[0] for line in _lines(state["files"]["inetd"]) if line.split()})


def _services_port(state, service, protocol):
    """Return a service's port in the services database; the first entry counts."""
    for line in _lines(state["files"]["services"]) if service else ():
        match = re.match(r"(\S+)\s+(\d+)/(\S+)(.*)", line)
        if match and match.group(3) == protocol and service in [match.group(1)] + match.group(4).split():
            return int(match.group(2))
    return None


def _lines(path):
    """Return the lines of a file without comments; a file that isn't there has none."""
    try:
        with open(path, encoding="latin-1") as file:
            return [line.partition("#")[0].strip() for line in file]
    except OSError:
        return []
