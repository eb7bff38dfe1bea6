# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concern ``pins``: the fixed ports of the RPC daemons of NFS."""

from ansible_collections.fleet.ports.plugins.module_utils._host import records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges

NAME = "pins"

DAEMONS = ("mountd", "lockd", "statd")
OPTIONS = {daemon: dict(type="int") for daemon in DAEMONS}


def compute(host, options):
    """Return the change that pins the daemons whose ports are given, and no other."""
    return _change(host, _wanted(options))


def give_back(host):
    """Return the change that undoes all pins; running daemons keep their port until their next start."""
    return _change(host, {})


def _change(host, pins):
    host.require_root("pin ports")
    # A host needs one of the two, and each file costs time to compile.
    if host.is_aix:
        from ansible_collections.fleet.ports.plugins.module_utils._pins import aix as system
    else:
        from ansible_collections.fleet.ports.plugins.module_utils._pins import linux as system
    return system.Change(host, records.Record(NAME), pins)


def _wanted(options):
    """Return ``{daemon: port}`` of the daemons to pin; raise HostError for a port that cannot be meant."""
    pins = {daemon: options[daemon] for daemon in DAEMONS if options[daemon] is not None}
    for daemon, port in pins.items():
        if not port_ranges.LOWEST <= port <= port_ranges.HIGHEST:
            ports = port_ranges.form(port_ranges.LOWEST, port_ranges.HIGHEST)
            raise HostError(f"{daemon} cannot be pinned to port {port}; use a port of {ports}.")
        others = [other for other in pins if other != daemon and pins[other] == port]
        if others:
            raise HostError(
                f"{daemon} and {others[0]} are both to be pinned to port {port}; use a different port for each."
            )
    return pins
