# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests find out about a host: which ports can be taken, what passes to another host, what its files are."""

from __future__ import annotations

import json

# Each way to take one of the BMC's ports: any address or one's own, alone or sharing by either socket option.
_TAKE = """
import itertools, json, socket
addresses = [
    (socket.AF_INET, '0.0.0.0'), (socket.AF_INET6, '::'), (socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')
]
taken = []
for port, (family, address), (kind, name), options in itertools.product(
    (623, 664), addresses, ((socket.SOCK_DGRAM, 'udp'), (socket.SOCK_STREAM, 'tcp')),
    ((), (socket.SO_REUSEADDR,), (socket.SO_REUSEPORT,), (socket.SO_REUSEADDR, socket.SO_REUSEPORT)),
):
    with socket.socket(family, kind) as one:
        for option in options:
            one.setsockopt(socket.SOL_SOCKET, option, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            one.bind((address, port))
        except OSError:
            continue
        taken.append(f'{name} {address}:{port}')
print(json.dumps(sorted(set(taken))))
"""

_CONNECT = """
import socket
with socket.socket() as one:
    one.settimeout(1.5)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(('', {source}))
    try:
        one.connect(('{address}', {port}))
        print('accepted')
    except ConnectionRefusedError:
        print('refused')
    except OSError:
        print('blocked')
"""

# What changes by itself as a host runs: states of services, caches, and what a boot writes.
_RESTLESS = (
    r"^/(etc/(resolv\.conf|mtab|ld\.so\.cache|machine-id|adjtime)|var/lib/(systemd|nfs|dbus|logrotate|private|aix-simulator)/)"
)


def takeable(host) -> list[str]:
    """The BMC's ports that a program of this host could take, each as `udp 0.0.0.0:623`."""
    return json.loads(_python(host, _TAKE))


def connect(host, source: int, address: str, port: int) -> str:
    """How a TCP connection from a source port ends: accepted, refused (it passed, nobody listens) or blocked."""
    return _python(host, _CONNECT.format(source=source, address=address, port=port)).strip()


def fingerprint(host) -> str:
    """Every file's path, kind, owner, mode and content below the folders that this collection may touch."""
    return host.run(
        "find /etc /usr/local /var/lib -xdev -printf '%p %y %u %g %m %l\\n' | sort"
        f" | grep -vE '{_RESTLESS}' | grep -vE '^/var/lib d'"
        f"; find /etc /usr/local /var/lib -xdev -type f | grep -vE '{_RESTLESS}' | sort | xargs -d '\\n' sha256sum"
    )


def ruleset(host) -> str:
    """The firewall's live rules, without what only counts or numbers."""
    return host.run("nft --stateless list ruleset")


# The programs of an AIX host that change something.
_AIX_EDITS = ("genfilt", "rmfilt", "mkfilt", "mvfilt", "chfilt", "mkdev", "stopsrc", "startsrc")


def aix_edits(host, forget: bool = False) -> list[list[str]]:
    """The starts of programs that change a simulated AIX host, since they were forgotten the last time."""
    if forget:
        host.run("aix-simulator forget_calls")
    return json.loads(host.run(f"aix-simulator calls '{json.dumps(_AIX_EDITS)}'"))


def aix_state(host) -> dict:
    """A simulated AIX host's filter tables, devices, and which daemons run."""
    state = json.loads(host.run("cat /var/lib/aix-simulator/state.json"))
    for family in state["filters"].values():
        if family["active"]:
            del family["active"]["since"]
    running = {name: subsystem["pid"] is not None for name, subsystem in state["subsystems"].items()}
    return {"filters": state["filters"], "devices": state["devices"], "running": running}


def _python(host, program: str) -> str:
    return host.run("python3 -", stdin=program)
