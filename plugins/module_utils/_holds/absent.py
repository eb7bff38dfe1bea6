# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Giving back: the ports, the holder's files, and every byte of what others own."""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder_files
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import detect
from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks

# down: the services that a killed run has left stopped
Change = collections.namedtuple("Change", "service daemons state edits blacklist down")


def compute(run, old):
    """Return the Change that undoes what the record (its content) says."""
    service = detect.find(run)
    blacklist = marked_blocks.compute([], old["blacklist"])
    edits = holder_files.removals(old["files"])
    return Change(service, service.daemons(run), service.state(), edits, blacklist, old.get("stopped", []))


def apply(change, record, old):
    """Change the host; the record goes last."""
    change.service.take_down()
    holder_files.apply(change.edits)
    holder_files.remove_folder()  # who was killed early has left no file in it
    change.service.forget()
    marked_blocks.apply(change.blacklist, old["blacklist"])
    if change.down:
        change.daemons.start(change.down)
    record.remove()
