# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows that a script for a host without Ansible opens, and the header of such a script.

The pure functions of module_utils that firewall_flows uses on the host compile its rules, so both open the same.
Only scripts for hosts may import such functions of the managed node into code of the controller.
"""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError, printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan


def opening(plan: Plan) -> flow_rules.Opening:
    """Return what is open permanently, for a script cannot close windows; raise MatrixError for invalid flows."""
    flows = [flow for flow in plan["flows"] if "window" not in flow]
    try:
        return flow_rules.opening(flows, plan["peers"], plan["interfaces"])
    except HostError as error:
        raise MatrixError(f"Host {plan['host']}: {error}") from error


def header(plan: Plan, *remarks: str) -> str:
    """Return the first comment of the script."""
    lines = [
        f"Opens the flows of {printable(plan['host'])} ({', '.join(plan['roles'])}) on a host without Ansible.",
        "Written by fleet.ports.policy_export. Run it as root:",
        "",
        "  sh SCRIPT          opens the flows and closes those of earlier scripts; can be repeated",
        "  sh SCRIPT remove   closes them",
        "",
        *remarks,
    ]
    windowed = dict.fromkeys(flow["id"] for flow in plan["flows"] if "window" in flow)
    if windowed:
        lines += ["", "Not included, because these flows are opened temporarily (nim_firewall_window):"]
        lines += [f"  {flow}" for flow in windowed]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
