# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python that the holder runs with: the system's own, which stays when the system is upgraded."""

import os

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# The first is the one that RHEL 8 keeps for its own tools; its /usr/bin/python3 is the administrator's to switch.
CANDIDATES = ("/usr/libexec/platform-python", "/usr/bin/python3")

# Each asks which package a file belongs to; the first that is there knows.
PACKAGE_MANAGERS = (
    ("/usr/bin/dpkg-query", "--search"),
    ("/usr/bin/rpm", "--query", "--file"),
    ("/sbin/apk", "info", "--who-owns"),
    ("/usr/bin/pacman", "--query", "--owns"),
)

# Alone with the standard library: neither the environment nor site-packages reach a program that runs as root.
ISOLATED = ("-I", "-S", "-B")
NEW_ENOUGH = "import array, fcntl, socket, sys, syslog; sys.exit(sys.version_info < (3, 6))"


def choose(run, approved):
    """Return the interpreter's path; one that was approved on an earlier run is not asked about again."""
    for path in CANDIDATES:
        if os.access(path, os.X_OK) and (path == approved or (_packaged(run, path) and _works(run, path))):
            return path
    raise HostError(
        f"This host has no Python of its own packages ({' or '.join(CANDIDATES)}, 3.6 or later) for the holder, "
        "which must outlive any virtual environment: install its package python3."
    )


def _packaged(run, path):
    for command in PACKAGE_MANAGERS:
        if os.access(command[0], os.X_OK):
            return run([*command, path])[0] == 0
    # A system without any of these: its path must do.
    return os.path.realpath(path).startswith(("/usr/bin/", "/usr/lib"))


def _works(run, path):
    return run([path, *ISOLATED, "-c", NEW_ENOUGH])[0] == 0
