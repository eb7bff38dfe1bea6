# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host that a concern reads and changes."""

from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host


class FakeHost(Host):
    """A host on which the user is root, every program is found under its name, and ``run`` runs it."""

    def __init__(self, run, system="Linux"):
        super().__init__(run, lambda name: name, system, user_id=0)
