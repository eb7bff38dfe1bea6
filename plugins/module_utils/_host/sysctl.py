# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sysctls: the values of the running kernel under :file:`/proc/sys`, and the files that set them at boot.

Of several files with the same name, the one in the folder that is listed first counts. All files are applied in the
order of their names, whatever their folder, and the last one that sets a value wins (sysctl.d(5)).
:file:`/etc/sysctl.conf` comes last, unless a link in :file:`/etc/sysctl.d` gives it another place.
"""

import collections
import contextlib
import errno
import glob
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, NotRestored, reason

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
MAIN = "/etc/sysctl.conf"

# A change of a value of the running kernel; before and after are text.
Change = collections.namedtuple("Change", "path before after")

# A file that sets a value at boot.
Assignment = collections.namedtuple("Assignment", "path value")


def read(path):
    """Return the value as text, or None where this kernel (or its loaded modules) has none."""
    try:
        with open(path) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"Cannot read {path}: {reason(error)}.")


def changes(path, after):
    """Return what gives the value this text, ``[Change]`` or ``[]``; raise HostError if it could not be written."""
    before = read(path)
    if before == after:
        return []
    try:
        os.close(os.open(path, os.O_WRONLY))  # opening alone changes nothing
    except OSError as error:
        hint = " (in a container, set it on the host that runs the container)" if error.errno == errno.EROFS else ""
        raise HostError(
            f"{path} must be set to {after or 'an empty value'} but cannot be written: {reason(error)}{hint}. "
            "Nothing was changed on this host."
        )
    return [Change(path, before, after)]


def diffs(wanted):
    """Return the changes as Ansible shows them."""
    return [
        file_changes.diff(change.path, f"{change.before}\n".encode(), f"{change.after}\n".encode()) for change in wanted
    ]


@contextlib.contextmanager
def applied(wanted):
    """Set all the values; set all of them back if one is refused, or if the body raises HostError."""
    written = []
    try:
        for change in wanted:
            written.append(change)
            _write(change.path, change.after)
        yield
    except HostError as error:
        _write_back(written, error)
        raise


def assignments(key):
    """Return the :class:`Assignment` of each file that sets the key (written with dots), the winning one last."""
    found = []
    for path in _files():
        for line in (atomic_file.read(path) or b"").decode("utf-8", "replace").split("\n"):
            name, equals, value = line.strip().partition("=")
            # A leading "-" lets systemd ignore errors, slashes may stand for dots; comments never match.
            if equals and name.strip().lstrip("-").replace("/", ".") == key:
                found.append(Assignment(path, value.strip()))
    return found


def is_applied_after(path, other):
    """Return whether the first of the two files is applied after the second."""
    return path == MAIN or os.path.basename(path) > os.path.basename(other)


def _write_back(written, error):
    for change in reversed(written):
        try:
            if read(change.path) == change.after:
                _write(change.path, change.before)
        except HostError as failure:
            raise NotRestored(f"{error} Restoring the former value failed as well: {failure}")


def _write(path, value):
    try:
        with open(path, "w") as file:
            file.write(value + "\n")
    except OSError as error:
        raise HostError(f"Cannot write {value or 'nothing'} to {path}: {reason(error)}.")


def _files():
    named = {}
    for folder in FOLDERS:
        for path in glob.glob(os.path.join(folder, "*.conf")):
            named.setdefault(os.path.basename(path), path)
    files = [named[name] for name in sorted(named)]
    if os.path.realpath(MAIN) not in [os.path.realpath(path) for path in files]:
        files.append(MAIN)
    return files
