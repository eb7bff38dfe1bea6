# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where rpcbind (on AIX, portmap) says that mountd, lockd and statd are: the judge of whether a pin is in force.

A failing ``rpcinfo`` is an error, unless rpcbind does not run: then nothing can be registered. The output of rpcinfo
does not tell the two apart (with libtirpc 1.3.3, a missing rpcbind and a missing :file:`/run/rpcbind.sock` both give
"can't contact portmapper: RPC: Remote system error - No such file or directory" and exit status 1), so the caller says
how to find out.
"""

import re

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# RPC program numbers (RFC 1813, RFC 1833 and rpc(5)): mountd, nlockmgr and status.
DAEMONS = {100005: "mountd", 100021: "lockd", 100024: "statd"}

# Program, version, protocol, port; neither the head of the table nor a message has this form.
_REGISTRATION = re.compile(r"^ *([0-9]{1,10}) +[0-9]{1,10} +(tcp|udp) +([0-9]{1,5})(?![^ \n])", re.MULTILINE)


def read(host, evidence):
    """Return ``{daemon: {protocol: [port, …]}}`` of the daemons that are registered.

    :param evidence: called if rpcinfo is missing or fails; returns what shows that daemons can be registered all the
        same (the subject and verb of a sentence), or None if none can be.
    """
    rpcinfo = host.find("rpcinfo")
    try:
        if rpcinfo is None:
            raise HostError("This host has no rpcinfo.")
        return parse(commands.do(host.run, rpcinfo, "-p"))
    except HostError as error:
        sign = evidence()
        if sign is None:
            return {}
        raise HostError(
            f"{error} The ports of the NFS daemons are unknown, although {sign}; check that 'rpcinfo -p' works on this "
            "host, then run again."
        )


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


def is_at_pin(daemon, pin, before, observed):
    """Return whether the daemon is at its pin and nowhere else, on each protocol that it had before."""
    return not misplaced(observed, {daemon: pin}) and not lost(daemon, before, observed)
