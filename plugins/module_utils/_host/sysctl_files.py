# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files from which a sysctl gets its value at boot, in the order in which they are applied.

Of files with the same name that in the folder named first counts; all of them are applied sorted by name, whatever
their folder, and the last one that sets the value wins (sysctl.d(5)). :file:`/etc/sysctl.conf` comes last where no
link in :file:`/etc/sysctl.d` gives it a place.
"""

import collections
import glob
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
MAIN = "/etc/sysctl.conf"

Assignment = collections.namedtuple("Assignment", "path value")


def assignments(key):
    """Return each assignment to the key (written with dots), the winning one last."""
    found = []
    for path in _files():
        for line in (atomic_file.read(path) or b"").decode("utf-8", "replace").split("\n"):
            name, equals, value = line.strip().partition("=")
            # A leading "-" lets systemd ignore errors, slashes may stand for dots; comments never match.
            if equals and name.strip().lstrip("-").replace("/", ".") == key:
                found.append(Assignment(path, value.strip()))
    return found


def is_applied_after(path, other):
    """Return whether the first of the two files has the last word."""
    return path == MAIN or os.path.basename(path) > os.path.basename(other)


def _files():
    named = {}
    for folder in FOLDERS:
        for path in glob.glob(os.path.join(folder, "*.conf")):
            named.setdefault(os.path.basename(path), path)
    files = [named[name] for name in sorted(named)]
    if os.path.realpath(MAIN) not in [os.path.realpath(path) for path in files]:
        files.append(MAIN)
    return files
