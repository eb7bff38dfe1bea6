# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a plan, in the order in which they are applied, and the Ansible role that carries each out."""

from __future__ import annotations

ANSIBLE_ROLES = {
    "services": "rmcp_services",
    "holds": "port_blocker",
    "pins": "nfs_ports",
    "flows": "nim_firewall",
}

# The variables in which the roles keep what their modules answered.
RESULTS = {concern: f"{role}_result" for concern, role in ANSIBLE_ROLES.items()}
