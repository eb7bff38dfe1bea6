# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder's own files: its program, its list, and what its service manager needs to start it."""

import collections
import contextlib
import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

# Of all places only /etc (and /usr, which may not be writable) is sure to be there when the holder starts.
FOLDER = os.path.dirname(holder.LIST)
PROGRAM = FOLDER + "/holder.py"
# What the program imports that a minimal Python may lack.
IMPORTS = ("array", "fcntl", "socket", "syslog")
LIST_HEAD = "# Written by fleet.ports, role port_blocker: the sockets that the holder keeps.\n"

# Content before and after, None where there is no file; the mode is that of a new file.
Edit = collections.namedtuple("Edit", "path before after mode")


def program():
    """Return the holder's source, also from the archive that a module runs from."""
    return holder.__loader__.get_data(holder.__file__)


def command(interpreter):
    """Return the command line that starts the holder."""
    return " ".join([interpreter, "-I", "-S", "-B", PROGRAM])


def edits(holds, service, interpreter, ours):
    """Return what must change so that the files are as they must be; ours: the paths that we wrote earlier."""
    wanted = {PROGRAM: (program(), 0o644), holder.LIST: ((LIST_HEAD + holder.form(holds)).encode(), 0o644)}
    wanted.update(service.files(command(interpreter)))
    found = [Edit(path, atomic_file.read(path), data, mode) for path, (data, mode) in sorted(wanted.items())]
    for edit in found:
        # A unit that is masked is a link to /dev/null.
        if os.path.islink(edit.path) or edit.before is not None and edit.path not in ours:
            raise HostError(f"There is a {edit.path} that this collection did not write; move it away and run again.")
    return [edit for edit in found if edit.before != edit.after]


def removals(ours):
    """Return the edits that take the files away."""
    found = [Edit(path, atomic_file.read(path), None, None) for path in sorted(ours)]
    return [edit for edit in found if edit.before is not None]


def apply(changes):
    """Write the files, or leave all of them as they were."""
    done = []
    try:
        for edit in changes:
            done.append(edit)
            _put(edit.path, edit.after, edit.mode)
    except HostError:
        undo(done)
        raise


def undo(changes):
    for edit in changes:
        _put(edit.path, edit.before, edit.mode)


def _put(path, data, mode):
    if data is not None:
        _make_readable_folder(os.path.dirname(path))
        atomic_file.write(path, data, mode)
        return
    atomic_file.remove(path)
    if os.path.dirname(path) == FOLDER:
        remove_folder()


def remove_folder():
    """Remove the folder of ours."""
    with contextlib.suppress(OSError):  # not empty yet, or somebody else's file is in it
        os.rmdir(FOLDER)


def _make_readable_folder(folder):
    """The holder may run as a user that is not root, whatever the umask is now."""
    if os.path.isdir(folder) and folder != FOLDER:
        return
    try:
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
    except OSError as error:
        raise HostError(f"Cannot create {folder}: {reason(error)}; nothing was changed on this host.")
