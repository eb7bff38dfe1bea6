# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to no host: every command answers at once as host_ports does where there is nothing to change.

What remains is the cost of the controller: reading the inventory, computing plans, building modules, and forks.
"""

from __future__ import annotations

from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
name: answering
short_description: Answers for hosts that do not exist
description:
  - Executes nothing, and answers each command as a host with nothing to change.
"""

ANSWER = b'{"changed": false, "concerns": {}, "owned": []}'


class Connection(ConnectionBase):
    """One such connection."""

    transport = "answering"
    has_pipelining = True

    def _connect(self):
        return self

    def exec_command(self, cmd, in_data=None, sudoable=True):
        """Answer."""
        return 0, ANSWER, b""

    def put_file(self, in_path, out_path):
        """Keep nothing: pipelining transfers no files."""

    def fetch_file(self, in_path, out_path):
        """Have nothing to give."""

    def close(self):
        """Nothing is open."""
