# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concern ``holds``: the ports that the holder of a host has to keep from all other programs."""

from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    bindresvport,
    changes,
    holder,
    holder_files,
    obstacles,
    sockets,
)
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import table
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    interpreter as interpreters,
    marked_blocks,
    records,
)

NAME = "holds"

HOLD = dict(
    port=dict(type="int", required=True),
    protocol=dict(type="str", choices=["tcp", "udp"], required=True),
)
OPTIONS = dict(
    holds=dict(type="list", elements="dict", default=[], options=HOLD),
    addresses=dict(type="list", elements="str", default=[]),
    interface=dict(type="str"),
    restart_conflicting_daemons=dict(type="bool", default=True),
)
MUTUALLY_EXCLUSIVE = [("addresses", "interface")]

_NO_RECORD = {"interpreter": None, "files": [], "blacklist": {}}


def compute(host, options):
    """Return the change after which the holder has exactly the wanted sockets; without holds, it is given up."""
    if not options["holds"]:
        return give_back(host)
    host.require_root("hold ports")
    record = records.Record(NAME)
    old = record.load()
    known = old or _NO_RECORD
    wanted = sockets.wanted(options["holds"], _addresses(host, options))
    service = table.find(host.run)
    state = service.state()
    interpreter = interpreters.choose(host.run, holder_files.IMPORTS, known["interpreter"])
    files = holder_files.changes(wanted, service, interpreter, known["files"])
    blacklist = bindresvport.edits(wanted, known["blacklist"])
    holds = [hold for hold in wanted if holder.is_supported(hold)]
    missing = [hold for hold in holds if hold not in state.held]
    new = {
        "interpreter": interpreter,
        "files": sorted({change.path for change in files} | set(known["files"])),
        "blacklist": blacklist.memory,
        "stopped": [],
    }
    return changes.Holding(
        record,
        old,
        new,
        service,
        state,
        holds,
        files,
        blacklist,
        obstacles.conflicts(missing, state, service.daemons, options["restart_conflicting_daemons"]),
    )


def give_back(host):
    """Return the change that frees the ports and restores all files that the record names."""
    host.require_root("hold ports")
    record = records.Record(NAME)
    old = record.load()
    if old is None:
        return changes.NothingHeld()
    service = table.find(host.run)
    files = holder_files.removals(old["files"])
    return changes.GivingBack(record, old, service, service.state(), files, marked_blocks.compute([], old["blacklist"]))


def _addresses(host, options):
    if options["interface"]:
        return sockets.addresses_of(host.run, options["interface"])
    return options["addresses"]
