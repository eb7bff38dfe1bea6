# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several owners under one record: the packet filters and the housekeeping, each with a memory of its own.

The record is ``{owner: memory}``, and gone with the last of them.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# Those that are no packet filters.
WINDOWS, HOUSEKEEPING = "windows", "housekeeping"


def in_order(keeping, others):
    """Return all pairs of an owner and its change in the order of writing; ``keeping`` is that of the windows, if any.

    A window has a keeper as long as anything is open.
    """
    return keeping + others if any(change.report.opens for _owner, change in keeping) else others + keeping


def write(owner, change, record):
    """Make the change under a record of it; if it fails, the record is the old one again, as the host is."""
    old = record.load() or {}
    memory = change.report.memory
    try:
        if memory is not None:
            record.save(dict(old, **{owner: memory}))
        if change.needed:
            change.apply()
        if memory is None:
            _remember(record, {each: kept for each, kept in old.items() if each != owner})
    except HostError:
        _remember(record, old)
        raise


def _remember(record, memories):
    """Write the record, or remove it if there is nothing to remember."""
    if memories:
        record.save(memories)
    else:
        record.remove()
