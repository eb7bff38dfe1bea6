# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python interpreter for programs that run on the host without Ansible, now or after a reboot.

The interpreter of a module may belong to a virtual environment that is removed later. Programs that stay are run by the
system's own Python, which is part of a package and keeps its path when the system is upgraded.
"""

import os
import platform

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# RHEL 8 keeps the first one for its own tools; its /usr/bin/python3 is what the administrator selects.
CANDIDATES = ("/usr/libexec/platform-python", "/usr/bin/python3")
# AIX Toolbox; AIX 7.3.
CANDIDATES_ON_AIX = ("/opt/freeware/bin/python3", "/usr/bin/python3")

# The command that names the package of a file, and its message for a file of no package; anything else is no answer.
PACKAGE_MANAGERS = (
    (("/usr/bin/dpkg-query", "--search"), "no path found matching pattern"),
    (("/usr/bin/rpm", "--query", "--file"), "is not owned by any package"),
    (("/sbin/apk", "info", "--who-owns"), "Could not find owner package"),
    (("/usr/bin/pacman", "--query", "--owns"), "No package owns"),
)

# Where packages install interpreters.
SYSTEM_FOLDERS = ("/usr/bin/", "/usr/lib", "/usr/opt/", "/opt/freeware/")


def choose(run, imports, approved=None):
    """Return the path of the interpreter.

    :param run: starts a program, as :func:`commands.run` does.
    :param imports: the modules of the standard library that the program imports; minimal installations lack some.
    :param approved: the path that an earlier run chose; it is not checked again.
    :raises HostError: if the system has no suitable interpreter.
    """
    candidates = CANDIDATES_ON_AIX if platform.system() == "AIX" else CANDIDATES
    for path in candidates:
        if os.access(path, os.X_OK) and (path == approved or _is_of_system(run, path) and _works(run, path, imports)):
            return path
    raise HostError(
        f"This host has no suitable Python from its system packages ({' or '.join(candidates)}, 3.6 or later). "
        "The Python of a virtual environment is not used, because it may be removed. Install the package python3."
    )


def _is_of_system(run, path):
    """Tell whether a package owns the interpreter; where no package manager answers, go by its real path."""
    answered = False
    for command, no_package in _package_managers():
        code, output, errors = run([*command, path])
        if code == 0:
            return True
        answered = answered or no_package in output + errors
    return not answered and os.path.realpath(path).startswith(SYSTEM_FOLDERS)


def _package_managers():
    if platform.system() == "AIX":  # its rpm does not know the files of its own packages
        return []
    return [manager for manager in PACKAGE_MANAGERS if os.access(manager[0][0], os.X_OK)]


def _works(run, path, imports):
    program = f"import {', '.join(imports)}, sys; sys.exit(sys.version_info < (3, 6))"
    return run([path, "-I", "-S", "-B", "-c", program])[0] == 0
