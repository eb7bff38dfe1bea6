# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pinned daemons in the running system: refuse a port that a stranger has, move what is elsewhere, judge the end."""

import time

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd, rpc_registry

# statd first (lockd needs it), then the server, which takes mountd with it.
ORDER = ("statd", "lockd", "mountd")

# Time that a restarted daemon has to register with rpcbind.
PATIENCE, PAUSE = 5.0, 0.2


def refuse_strangers(pins, observed):
    """Raise HostError for a pin that the daemon has not, and a program that is none of the pinned daemons has."""
    for daemon, pin in sorted(pins.items()):
        for protocol in ("tcp", "udp"):
            if pin in observed.get(daemon, {}).get(protocol, []):
                continue
            for owner in port_owners.owners(pin, protocol):
                if not _makes_room(owner, pins, observed):
                    raise HostError(
                        f"{protocol} port {pin}, to which {daemon} is to be pinned, is in use by {owner} on "
                        f"{owner.address}; stop that or pin {daemon} to another port. Nothing was changed on this host."
                    )


def _makes_room(owner, pins, observed):
    """Return whether the port will be free by itself: a pinned daemon has it, which is moved too or has it already."""
    if owner.pid is None:
        lockds = observed.get("lockd", {}).get(owner.protocol, [])
        return owner.closing or ("lockd" in pins and owner.port in lockds)
    return owner.program in [f"rpc.{daemon}" for daemon in pins]


def units(pins, observed, services):
    """Return ``{daemon: unit}`` of what is elsewhere and can be restarted; raise HostError for what can't."""
    found = {}
    for daemon, protocol, port in rpc_registry.misplaced(observed, pins):
        if daemon not in found:
            mount = lockd.keeping_mount() if daemon == "lockd" else None
            found[daemon] = None if mount else services.unit(daemon)
            if found[daemon] is None:
                raise HostError(f"{_misplaced(daemon, protocol, port, pins[daemon])}; {_remedy(daemon, mount)}.")
    return found


def restarts(found):
    """Return the units that :func:`move` restarts if all goes well."""
    return [found[daemon] for daemon in ORDER if daemon in found and not (daemon == "mountd" and "lockd" in found)]


def move(pins, found, before, services, ask):
    """Restart the units until each daemon is where it was pinned; return those that were restarted."""
    restarted, trouble = [], None
    # The second attempt is for a daemon whose port another one of them had to leave first.
    for _attempt in range(2):
        for daemon in ORDER:
            if daemon in found and not rpc_registry.is_settled(daemon, pins[daemon], before, ask()):
                try:
                    services.restart(found[daemon])
                    _wait(daemon, pins, before, ask)
                except HostError as error:
                    trouble = error
                restarted.append(found[daemon])
    _judge(pins, found, before, ask(), trouble)
    return sorted(set(restarted), key=restarted.index)


def _wait(daemon, pins, before, ask):
    deadline = time.time() + PATIENCE
    while not rpc_registry.is_settled(daemon, pins[daemon], before, ask()) and time.time() < deadline:
        time.sleep(PAUSE)


def _judge(pins, found, before, observed, trouble):
    for daemon, protocol, port in rpc_registry.misplaced(observed, pins):
        raise HostError(
            f"{_misplaced(daemon, protocol, port, pins[daemon])}, although {found.get(daemon, 'nothing')} was restarted"
            + (f": {trouble}" if trouble else ".")
        )
    for daemon in sorted(found):
        lost = rpc_registry.lost(daemon, before, observed)
        if lost:
            raise HostError(
                f"{daemon} is not registered with rpcbind for {' and '.join(lost)} any more since {found[daemon]} was "
                f"restarted to pin it to {pins[daemon]}" + (f": {trouble}" if trouble else "; see what its log says.")
            )


def _misplaced(daemon, protocol, port, pin):
    who = [str(owner) for owner in port_owners.owners(port, protocol)]
    by = ", where nobody listens" if not who else f", held by {who[0]}"
    return f"{daemon} is registered with rpcbind at {protocol} port {port}{by}, instead of its pin {pin}"


def _remedy(daemon, mount):
    if mount:
        return f"the NFSv3 mount {mount} keeps it there: unmount all such mounts, or reboot this host"
    if daemon == "lockd":
        return "no NFS server runs here whose restart would move it: unmount all NFSv3 mounts, or reboot this host"
    return "no running service of nfs-utils has it: restart yourself what runs it, or leave it unpinned"
