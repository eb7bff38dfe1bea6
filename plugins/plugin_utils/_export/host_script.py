# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a script for a host without Ansible is to open, and how each such script begins.

The rules in it are compiled by the same pure functions of module_utils that firewall_flows runs on the host: a second
compiler would be a second truth. It is only for such scripts that the controller's side uses the managed node's.
"""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError, printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan


def opening(plan: Plan) -> flow_rules.Opening:
    """Return what is open without an end: windows are kept by the host, and nobody keeps them here."""
    flows = [flow for flow in plan["flows"] if "window" not in flow]
    try:
        return flow_rules.opening(flows, plan["peers"], plan["interfaces"])
    except HostError as error:
        raise MatrixError(f"Host {plan['host']}: {error}") from error


def header(plan: Plan, *remarks: str) -> str:
    """Return the script's first comment."""
    lines = [
        f"Opens the flows of {printable(plan['host'])} ({', '.join(plan['roles'])}), which Ansible cannot reach.",
        "Written by fleet.ports.policy_export. To be run as root:",
        "",
        "  sh SCRIPT          opens them, in place of what an earlier such script opened; may be repeated",
        "  sh SCRIPT remove   takes that back",
        "",
        *remarks,
    ]
    windowed = dict.fromkeys(flow["id"] for flow in plan["flows"] if "window" in flow)
    if windowed:
        lines += ["", "Left out, as these are to be open for a time only (nim_firewall_window):"]
        lines += [f"  {flow}" for flow in windowed]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
