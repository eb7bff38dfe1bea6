# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The participants in a host's flows: packet filters, the expiry of windows, and the hardening that goes with NIM.

Each is a class with a ``name``, a method ``change`` that returns a :class:`change.Change`, and a method
``restore(live, paths)`` that undoes it. They share one record, ``{name: memory}``, which exists as long as one of them
has something to remember. Each is imported only where it is needed: modules come to the host without byte code, so an
import is a compilation.
"""

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import HARDENING, WINDOWS
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host


def restore(name, live, paths):
    """Make what runs for a participant what it was, once the files of these paths are restored."""
    _named(name, Host()).restore(live, paths)


def _named(name, host):
    if name == WINDOWS:
        from ansible_collections.fleet.ports.plugins.module_utils._flows.window_expiry import WindowExpiry

        return WindowExpiry(host)
    if name == HARDENING:
        from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening.change import NimHardening

        return NimHardening(host)
    from ansible_collections.fleet.ports.plugins.module_utils._flows.backends import Backends

    return Backends(host).named(name)


def in_order(expiry, others):
    """Return all pairs of a participant's name and its change in the order of writing.

    The expiry of windows comes first as long as a window is open, and last if none is.
    """
    return expiry + others if any(change.report.opens for _name, change in expiry) else others + expiry


def write(name, change, record):
    """Make the change under a record of it; if it fails, the record is the former one again, as the host is."""
    old = record.load() or {}
    memory = change.report.memory
    try:
        if memory is not None:
            record.save(dict(old, **{name: memory}))
        if change.needed:
            change.apply()
        if memory is not None:
            record.save(dict(old, **{name: change.report.memory}))  # of what the change has found out
        else:
            _save(record, {each: kept for each, kept in old.items() if each != name})
    except HostError:
        _save(record, old)
        raise


def _save(record, memories):
    if memories:
        record.save(memories)
    else:
        record.remove()
