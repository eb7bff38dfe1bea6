# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What fleet.ports manages on a host, so that the host can be restored.

There is one file for each concern, :file:`/var/lib/fleet.ports/CONCERN.json`, readable by root only. A record is saved
*before* the change: after a crash it may name too much, which is harmless, but never too little.
"""

import contextlib
import json
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored, reason

FOLDER = "/var/lib/fleet.ports"
CONCERNS = ("services", "holds", "pins", "flows")
VERSION = 1


class Record:
    """The record of one concern.

    Its content is a JSON object that only the concern understands: what it added, what was there before, what it
    created.
    """

    def __init__(self, concern, folder=None):
        self.concern = concern
        self.folder = folder or FOLDER
        self.path = _path(self.folder, concern)

    def load(self):
        """Return the content as a dict, or None if the host has no record of the concern."""
        data = atomic_file.read(self.path)
        if data is None:
            return None
        try:
            document = json.loads(data.decode("utf-8"))
            version, content = document["version"], dict(document["content"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise HostError(
                f"{self.path} is not a valid record of fleet.ports; move it away and undo the listed changes by hand."
            )
        if version != VERSION:
            raise HostError(
                f"{self.path} has version {version}, but this release reads {VERSION}; use the release that wrote it."
            )
        return content

    def save(self, content):
        """Write the content (a dict), unless the file has it already."""
        document = {"version": VERSION, "concern": self.concern, "content": content}
        data = (json.dumps(document, indent=1, sort_keys=True) + "\n").encode("utf-8")
        if atomic_file.read(self.path) != data:
            make_private_folder(self.folder)
            atomic_file.write(self.path, data, mode=0o600)

    def keep(self, content):
        """Save this content, or remove the record if there is none (None or an empty dict)."""
        if content:
            self.save(content)
        else:
            self.remove()

    @contextlib.contextmanager
    def covering(self, old, both):
        """Keep a record of ``both`` the former and the new state while the body changes the host.

        The body ends with :meth:`keep`. If it raises HostError, the host is unchanged and the record is ``old`` again;
        after NotRestored it stays ``both``.
        """
        self.save(both)
        try:
            yield
        except NotRestored:
            raise
        except HostError:
            with contextlib.suppress(HostError):  # ``both`` covers the old state as well
                self.keep(old)
            raise

    def remove(self):
        """Remove the record, and the folder with its last record."""
        atomic_file.remove(self.path)
        try:
            os.rmdir(self.folder)
        except OSError:
            pass  # it contains other records, or does not exist


def owned(folder=None):
    """Return the concerns that have a record on this host, in the order in which they are applied."""
    return [concern for concern in CONCERNS if os.path.exists(_path(folder or FOLDER, concern))]


def _path(folder, concern):
    return os.path.join(folder, concern + ".json")


def make_private_folder(folder):
    """Create a folder that only root can read, or make an existing one so."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.chmod(folder, 0o700)
    except OSError as error:
        raise HostError(f"Cannot create {folder}: {reason(error)}; nothing was changed on this host.")
