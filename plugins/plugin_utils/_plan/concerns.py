# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a plan, in the order in which they are applied, and the Ansible role that carries each out."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

ANSIBLE_ROLES = {
    "services": "rmcp_services",
    "holds": "port_blocker",
    "pins": "nfs_ports",
    "flows": "nim_firewall",
}

# The variables in which the roles keep what their modules answered.
RESULTS = {concern: f"{role}_result" for concern, role in ANSIBLE_ROLES.items()}


def concerns_of(plan: Plan) -> list[str]:
    """Return which of the four concerns the plan has, in the order in which they are applied.

    The plan of a host with a role may ask for nothing, such as a gateway's that lost its last master; the host is then
    asked for its services, which cost least and tell what it has records of.
    """
    has = {
        "services": bool(plan["services"]),
        "holds": bool(plan["holds"]),
        "pins": any(port is not None for port in plan["pins"].values()),
        "flows": bool(plan["flows"]) or plan["retired"] is not None,
    }
    found = [concern for concern, present in has.items() if present]
    return found or (["services"] if plan["roles"] else [])
