# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pinned daemons in the running system: refuse a port that a stranger has, move what is elsewhere, judge the outcome."""

import time

from ansible_collections.fleet.ports.plugins.module_utils import _port_owner, _rpc_registry
from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError

# statd first (lockd needs it), then the server, which takes mountd with it.
ORDER = ("statd", "lockd", "mountd")

# What holds a port of another pin makes room when it is moved itself.
PROGRAMS = ("rpc.mountd", "rpc.statd")

# Time that a restarted daemon has to register with rpcbind.
PATIENCE, PAUSE = 10.0, 0.2


def refuse_strangers(pins, observed):
    """Raise HostError for a pin that the daemon has not, and a program that is none of the pinned daemons has."""
    for daemon, pin in sorted(pins.items()):
        for protocol in ("tcp", "udp"):
            if pin in observed.get(daemon, {}).get(protocol, []):
                continue
            lockd_has_it = pin in observed.get("lockd", {}).get(protocol, [])
            for owner in _port_owner.owners(pin, protocol):
                if not (owner.closing or owner.program in PROGRAMS or (owner.pid is None and lockd_has_it)):
                    raise HostError(
                        f"{protocol} port {pin}, to which {daemon} is to be pinned, is in use by {owner} on "
                        f"{owner.address}; stop that or pin {daemon} to another port. Nothing was changed on this host."
                    )


def units(pins, observed, services):
    """Return ``{daemon: unit}`` of what must be restarted; raise HostError for what would stay where it is."""
    found = {}
    for daemon, protocol, port in _rpc_registry.misplaced(observed, pins):
        if daemon not in found:
            found[daemon] = services.unit(daemon)
        if found[daemon] is None:
            raise HostError(_misplaced(daemon, protocol, port, pins[daemon]) + _remedy(daemon))
    return found


def move(pins, found, services, ask):
    """Restart the units until each daemon is where it was pinned; return those that were restarted."""
    restarted, trouble = [], None
    # The second attempt is for a daemon whose port another one of them had to leave first.
    for _attempt in range(2):
        for daemon in ORDER:
            if daemon in found and not _settled(daemon, pins, ask()):
                try:
                    services.restart(found[daemon])
                    _wait(daemon, pins, ask)
                except HostError as error:
                    trouble = error
                restarted.append(found[daemon])
    _judge(pins, found, ask(), trouble)
    return sorted(set(restarted), key=restarted.index)


def _wait(daemon, pins, ask):
    deadline = time.time() + PATIENCE
    while not _settled(daemon, pins, ask()) and time.time() < deadline:
        time.sleep(PAUSE)


def _settled(daemon, pins, observed):
    """Return whether the daemon is registered, at its pin and nowhere else."""
    return bool(observed.get(daemon)) and not _rpc_registry.misplaced(observed, {daemon: pins[daemon]})


def _judge(pins, found, observed, trouble):
    for daemon, protocol, port in _rpc_registry.misplaced(observed, pins):
        raise HostError(
            f"{_misplaced(daemon, protocol, port, pins[daemon])}, although {found.get(daemon, 'nothing')} was restarted"
            + (f": {trouble}" if trouble else ".")
        )
    for daemon in sorted(found):
        if not observed.get(daemon):
            raise HostError(
                f"{daemon} is not registered with rpcbind any more since {found[daemon]} was restarted"
                + (f": {trouble}" if trouble else f"; see what its log says about port {pins[daemon]}.")
            )


def _misplaced(daemon, protocol, port, pin):
    who = [str(owner) for owner in _port_owner.owners(port, protocol)]
    by = ", where nobody listens" if not who else f", held by {who[0]}"
    return f"{daemon} is registered with rpcbind at {protocol} port {port}{by}, instead of its pin {pin}"


def _remedy(daemon):
    if daemon == "lockd":
        return "; the kernel moves it when its last NFSv3 mount is gone: unmount them, or reboot this host."
    return "; no running service of nfs-utils has it, so restart yourself what runs it, or leave it unpinned."
