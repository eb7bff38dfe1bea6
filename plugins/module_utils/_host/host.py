# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as a concern sees it: its programs, its operating system, its user. Tests pass one of their own."""

import os
import platform

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


class Host:
    """This host.

    :param run: runs a command and returns its exit code, output and errors, as :func:`commands.run` does.
    :param find: returns the path of a program, or None, as :func:`commands.find` does.
    :param system: the name of the operating system, such as ``Linux`` or ``AIX``.
    :param user_id: the effective user ID.
    """

    def __init__(self, run=commands.run, find=commands.find, system=None, user_id=None):
        self.run = run
        self.find = find
        self.system = system or platform.system()
        self._user_id = os.geteuid() if user_id is None else user_id

    @property
    def is_aix(self):
        return self.system == "AIX"

    def require_root(self, purpose):
        """Raise HostError unless the user is root; the purpose completes "Only root may"."""
        if self._user_id != 0:
            raise HostError(f"Only root may {purpose}; use become.")
