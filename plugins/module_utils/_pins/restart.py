# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Daemons that run: refuse a pin whose port another program uses, restart what is not at its pin, verify the result.

``pins`` is ``{daemon: port}``, ``observed`` and ``before`` are what :func:`rpc_registry.read` returns, and ``services``
is a service manager of :mod:`nfs_services`.
"""

import time

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd, rpc_registry

# statd first, since lockd needs it; then the NFS server, whose restart includes mountd.
ORDER = ("statd", "lockd", "mountd")

# Seconds that a restarted daemon may take to register with rpcbind, and between two looks.
TIMEOUT, PAUSE = 5.0, 0.2


def refuse_used_ports(pins, observed):
    """Raise HostError if a daemon is not at its pin and a program that will not release the port uses it."""
    for daemon, pin in sorted(pins.items()):
        for protocol in ("tcp", "udp"):
            if pin in observed.get(daemon, {}).get(protocol, []):
                continue
            for owner in port_owners.owners(pin, protocol):
                if not _will_be_released(owner, pins, observed):
                    raise HostError(
                        f"{protocol} port {pin}, to which {daemon} is to be pinned, is in use by {owner} on "
                        f"{owner.address}; stop that program or pin {daemon} to another port. "
                        "Nothing was changed on this host."
                    )


def _will_be_released(owner, pins, observed):
    """Return whether a connection that is closing, or a pinned daemon, which is moved as well, uses the port."""
    if owner.pid is None:
        lockds = observed.get("lockd", {}).get(owner.protocol, [])
        return owner.closing or ("lockd" in pins and owner.port in lockds)
    return owner.program in [f"rpc.{daemon}" for daemon in pins]


def units(pins, observed, services):
    """Return ``{daemon: unit}`` of daemons that are not at their pin; raise HostError for one that no restart moves."""
    found = {}
    for daemon, protocol, port in rpc_registry.misplaced(observed, pins):
        if daemon not in found:
            mount = lockd.keeping_mount() if daemon == "lockd" else None
            found[daemon] = None if mount else services.unit(daemon)
            if found[daemon] is None:
                raise HostError(f"{_misplaced(daemon, protocol, port, pins[daemon])}; {_remedy(daemon, mount)}.")
    return found


def restarts(found):
    """Return the units that :func:`restart_misplaced` restarts if none of them fails."""
    return [found[daemon] for daemon in ORDER if daemon in found and not (daemon == "mountd" and "lockd" in found)]


def restart_misplaced(pins, found, before, services, read):
    """Restart units until each daemon is at its pin, and return the units that were restarted.

    :param found: what :func:`units` returned.
    :param read: returns the registrations of now.
    :raises HostError: for a daemon that is not at its pin, or no longer registered, at the end.
    """
    restarted, failure = [], None
    # The second attempt is for a daemon whose pin was the port of another one, which had to move first.
    for _attempt in range(2):
        for daemon in ORDER:
            if daemon in found and not rpc_registry.is_at_pin(daemon, pins[daemon], before, read()):
                try:
                    services.restart(found[daemon])
                    _wait(daemon, pins, before, read)
                except HostError as error:
                    failure = error
                restarted.append(found[daemon])
    _verify(pins, found, before, read(), failure)
    return sorted(set(restarted), key=restarted.index)


def _wait(daemon, pins, before, read):
    deadline = time.time() + TIMEOUT
    while not rpc_registry.is_at_pin(daemon, pins[daemon], before, read()) and time.time() < deadline:
        time.sleep(PAUSE)


def _verify(pins, found, before, observed, failure):
    for daemon, protocol, port in rpc_registry.misplaced(observed, pins):
        raise HostError(
            f"{_misplaced(daemon, protocol, port, pins[daemon])}, although {found.get(daemon, 'nothing')} was restarted"
            + (f": {failure}" if failure else ".")
        )
    for daemon in sorted(found):
        lost = rpc_registry.lost(daemon, before, observed)
        if lost:
            raise HostError(
                f"{daemon} is no longer registered with rpcbind for {' and '.join(lost)} since {found[daemon]} was "
                f"restarted to pin it to {pins[daemon]}" + (f": {failure}" if failure else "; see its log.")
            )


def _misplaced(daemon, protocol, port, pin):
    who = [str(owner) for owner in port_owners.owners(port, protocol)]
    by = f", which is used by {who[0]}" if who else ", which no program uses"
    return f"{daemon} is registered with rpcbind at {protocol} port {port}{by}, instead of its pin {pin}"


def _remedy(daemon, mount):
    if mount:
        return f"the NFSv3 mount {mount} keeps it there: unmount all such mounts, or reboot this host"
    if daemon == "lockd":
        return "no NFS server runs here whose restart would move it: unmount all NFSv3 mounts, or reboot this host"
    return "no running service of nfs-utils runs it: restart the daemon yourself, or leave it unpinned"
