# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Giving back: the ports, the holder's files, and every byte of what others own."""

import collections

from ansible_collections.fleet.ports.plugins.module_utils import _block_files, _hold_files, _hold_service

Change = collections.namedtuple("Change", "service state edits blacklist")


def compute(run, old):
    """Return the Change that undoes what the record (its content) says."""
    service = _hold_service.find(run)
    blacklist = _block_files.compute([], old["blacklist"])
    return Change(service, service.state(), _hold_files.removals(old["files"]), blacklist)


def apply(change, record, old):
    """Change the host; the record goes last."""
    change.service.take_down()
    _hold_files.apply(change.edits)
    _hold_files.remove_folder()  # who was killed early has left no file in it
    change.service.forget()
    _block_files.apply(change.blacklist.edits, old["blacklist"])
    record.remove()
