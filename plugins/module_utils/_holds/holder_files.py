# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder's own files: its program, its list, and what its service manager needs to start it."""

import contextlib
import hashlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# Only /etc is sure to be mounted and writable when the holder starts; /usr may be read-only.
FOLDER = os.path.dirname(holder.LIST)
PROGRAM = FOLDER + "/holder.py"
# The modules that the program imports and that a minimal Python may lack.
IMPORTS = ("array", "fcntl", "socket", "syslog")
LIST_HEAD = "# Written by fleet.ports, role port_blocker: the sockets that the holder keeps.\n"


def program():
    """Return the holder's source as bytes, also from the archive that a module runs from."""
    return holder.__loader__.get_data(holder.__file__)


def command(interpreter):
    """Return the command line that starts the holder, isolated from the environment and from site-packages."""
    return f"{interpreter} -I -S -B {PROGRAM}"


def changes(holds, service, interpreter, known):
    """Return the changes that the files need.

    :param service: the service manager, which may need files as well.
    :param known: the paths that the record names.
    :raises HostError: if another program's file has one of the paths.
    """
    wanted = {PROGRAM: (program(), 0o644), holder.LIST: ((LIST_HEAD + holder.form(holds)).encode(), 0o644)}
    wanted.update(service.files(command(interpreter)))
    found = []
    for path, (content, mode) in sorted(wanted.items()):
        file = file_changes.File(path)
        # A unit that is masked is a link to /dev/null.
        if os.path.islink(path) or file.content is not None and path not in known:
            raise HostError(f"{path} exists and is not managed by fleet.ports. Move it away and run again.")
        found.append(file.becoming(content, mode))
    return file_changes.needed(found)


def removals(known):
    """Return the changes that remove the files that the record names."""
    return file_changes.needed([file_changes.File(path).becoming(None) for path in sorted(known)])


def remove_folder():
    """Remove the holder's folder, unless it contains files of others."""
    with contextlib.suppress(OSError):
        os.rmdir(FOLDER)


def diffs(changes):
    """Return the changes as Ansible shows them; of the program only the checksum is shown."""
    return file_changes.diffs([_abridged(change) if change.path == PROGRAM else change for change in changes])


def _abridged(change):
    return change._replace(before=_checksum(change.before), after=_checksum(change.after))


def _checksum(content):
    return content and f"the holder's program, sha256 {hashlib.sha256(content).hexdigest()}\n".encode()
