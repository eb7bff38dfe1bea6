# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holding: what must change so that a host holds its ports, and the change itself.

Whether somebody is in the way is found out before anything is written. A change that fails is taken back; only where a
program was faster and took a port in between, the holder keeps what it has got.
"""

import collections
import contextlib
import time

from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    bindresvport,
    holder,
    holder_files,
    obstacles as _hold_obstacles,
    rpc_daemons,
)
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import detect
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    file_changes,
    interpreter as interpreters,
    marked_blocks,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# TIME_WAIT lasts a minute.
SECONDS_FOR_CLOSED_CONNECTIONS = 75

# holds: what the kernel can give; takers: the services that are in the way; taken: what they have, a sentence each;
# closing: the holds that closed connections keep back; down: the services that a killed run has left stopped; content:
# the record's.
Change = collections.namedtuple(
    "Change", "service daemons state holds edits blacklist takers taken closing down content"
)


def compute(run, old, wanted, restart_takers):
    """Return the Change for the wanted sockets; old: the record's content, None if there is none."""
    old = old or {"interpreter": None, "files": [], "blacklist": {}}
    service = detect.find(run)
    daemons = service.daemons(run)
    state = service.state()
    interpreter = interpreters.choose(run, holder_files.IMPORTS, old["interpreter"])
    edits = holder_files.edits(wanted, service, interpreter, old["files"])
    blacklist = bindresvport.edits(wanted, old["blacklist"])
    holds = [hold for hold in wanted if holder.spoken(hold)]

    obstacles = [
        obstacle._replace(owner=obstacle.owner and daemons.clarified(obstacle.owner))
        for obstacle in _hold_obstacles.find([hold for hold in holds if hold not in state.held], state)
    ]
    closing = [obstacle.hold for obstacle in obstacles if obstacle.owner and obstacle.owner.closing]
    in_the_way = [obstacle for obstacle in obstacles if obstacle.hold not in closing]
    takers = _services(daemons, in_the_way, restart_takers)
    taken = sorted({str(obstacle) for obstacle in in_the_way})

    content = {
        "interpreter": interpreter,
        "files": sorted({edit.path for edit in edits} | set(old["files"])),
        "blacklist": blacklist.memory,
    }
    down = old.get("stopped", [])
    return Change(service, daemons, state, holds, edits, blacklist, takers, taken, closing, down, content)


def _services(daemons, obstacles, restart_takers):
    """Return the services of the obstacles; raise HostError if one has none that may be restarted."""
    services, strangers = set(), set()
    for obstacle in obstacles:
        service = daemons.service(obstacle.owner) if obstacle.owner and restart_takers else None
        if service:
            services.add(service)
        else:
            strangers.add(str(obstacle))
    if strangers:
        raise HostError(
            f"Cannot hold the ports: {' and '.join(sorted(strangers))}; "
            "stop it or give it another port, then run again; nothing was changed about the holder."
        )
    return sorted(services)


def restarts_holder(change):
    """Tell whether the holder is not, or is not wholly, what it must be."""
    return bool(change.edits) or not change.state.sound or set(change.state.held) != set(change.holds)


def needed(change):
    return restarts_holder(change) or bool(change.blacklist.changes or change.down)


def apply(change, record, old):
    """Change the host; the record comes first."""

    def remember(stopped):
        record.save(dict(change.content, stopped=stopped))

    _wait_for_closed_connections(change)
    remember(change.down)
    try:
        holder_files.apply(change.edits)
        marked_blocks.apply(change.blacklist, change.blacklist.memory)
        with rpc_daemons.stopped(change.daemons, change.takers, change.down, remember):
            if restarts_holder(change):
                _bring_up(change)
    except HostError:
        _take_back(change, record, old)
        raise
    _check(change)


def _bring_up(change):
    renewed = any(edit.path != holder.LIST for edit in change.edits)
    change.service.bring_up(running=change.state.pid is not None, renewed=renewed)


def _wait_for_closed_connections(change):
    deadline = time.monotonic() + SECONDS_FOR_CLOSED_CONNECTIONS
    while change.closing and _hold_obstacles.find(change.closing, change.state):
        if time.monotonic() > deadline:
            raise HostError(f"A closed connection still keeps back {change.closing[0]}; run again in a minute.")
        time.sleep(1)


def _take_back(change, record, old):
    """Leave the host as it was; what else fails on the way is not worth a second message."""
    was_running = change.state.pid is not None
    with contextlib.suppress(HostError):
        if not was_running:
            change.service.take_down()
    with contextlib.suppress(HostError):
        holder_files.undo(change.edits)
        file_changes.undo(change.blacklist.changes)
    with contextlib.suppress(HostError):
        if was_running:
            _bring_up(change)
        else:
            change.service.forget()
    stopped = _still_stopped(change, record)
    if stopped:
        record.save(dict(old or change.content, stopped=stopped))
    elif old is None:
        record.remove()
    else:
        record.save(old)


def _still_stopped(change, record):
    """Return the services that could not be started again; the next run will start them."""
    services = (record.load() or {}).get("stopped", [])
    try:
        if services:
            change.daemons.start(services)
    except HostError:
        return services
    return []


def _check(change):
    """Make sure that the holder has what it was to have."""
    state = change.service.state()
    missing = [hold for hold in change.holds if hold not in state.held]
    if missing:
        obstacles = _hold_obstacles.find(missing, state)
        why = " and ".join(sorted({str(obstacle) for obstacle in obstacles})) or "look for 'Portblocker' in the journal"
        raise HostError(f"Not held: {', '.join(str(hold) for hold in missing)}: {why}; run again once that is mended.")
    if not state.sound:
        raise HostError("The holder was started but does not keep its sockets; look for 'Portblocker' in the journal.")
