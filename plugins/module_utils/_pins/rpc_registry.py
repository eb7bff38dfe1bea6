# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where rpcbind says that mountd, lockd and statd are: the judge of what was pinned."""

import re

# RPC program numbers (RFC 1813, RFC 1833 and rpc(5)): mountd, nlockmgr and status.
DAEMONS = {100005: "mountd", 100021: "lockd", 100024: "statd"}

# Program, version, protocol, port; the table's head and whatever else is printed has no such form.
_REGISTRATION = re.compile(r"^ *([0-9]{1,10}) +[0-9]{1,10} +(tcp|udp) +([0-9]{1,5})(?![^ \n])", re.MULTILINE)


def ask(run, rpcinfo):
    """Return ``{daemon: {protocol: [port, …]}}`` of those that are registered; ``run`` runs the program."""
    # Without rpcbind (it brings rpcinfo) nothing is registered: NFSv4 alone needs none.
    if rpcinfo is None:
        return {}
    code, output, _errors = run([rpcinfo, "-p"])
    return parse(output) if code == 0 else {}


def parse(output):
    """Read the table of ``rpcinfo -p``: program, version, protocol, port, name."""
    found = {}
    for number, protocol, port in _REGISTRATION.findall(output):
        daemon = DAEMONS.get(int(number))
        if daemon:
            ports = found.setdefault(daemon, {}).setdefault(protocol, [])
            if int(port) not in ports:
                ports.append(int(port))
    return found


def misplaced(observed, pins):
    """Return ``[(daemon, protocol, port), …]`` of registrations away from their pin."""
    return [
        (daemon, protocol, port)
        for daemon, pin in sorted(pins.items())
        for protocol, ports in sorted(observed.get(daemon, {}).items())
        for port in ports
        if port != pin
    ]


def lost(daemon, before, observed):
    """Return the protocols on which the daemon was registered before and is no longer."""
    return sorted(set(before.get(daemon, {})) - set(observed.get(daemon, {})))


def is_settled(daemon, pin, before, observed):
    """Return whether the daemon is at its pin and nowhere else, on each protocol that it had before."""
    return not misplaced(observed, {daemon: pin}) and not lost(daemon, before, observed)
