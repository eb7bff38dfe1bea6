# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the concerns of a host are told: options that come from its plan, and those that come from variables of the roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import concerns_of
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

Options = dict[str, object]

# By concern: the variable that says whether the host has it, and option -> variable of what the role lets people set.
STATES = {
    "services": "rmcp_services_state",
    "holds": "port_blocker_state",
    "pins": "nfs_ports_state",
    "flows": "nim_firewall_state",
}
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "services": {"on_conflict": "rmcp_services_on_conflict", "path": "rmcp_services_path"},
    "holds": {
        "addresses": "port_blocker_addresses",
        "interface": "port_blocker_interface",
        "restart_conflicting_daemons": "port_blocker_restart_conflicting_daemons",
    },
    "pins": {},
    "flows": {
        "backend": "nim_firewall_backend",
        "aix_default_action": "nim_firewall_aix_default_action",
        "max_rules": "nim_firewall_max_rules",
        "on_blocked": "nim_firewall_on_blocked",
        "tftpaccess": "nim_firewall_tftpaccess",
        "max_shrink": "fleet_ports_max_shrink",
        "window_renew": "nim_firewall_window_renew",
        "window_close": "nim_firewall_window_close",
    },
}
CONFIRM_TIMEOUT = "nim_firewall_confirm_timeout"

# What of a flow the packet filter needs; the rest is for people, and for large hosts most of what would be sent.
NEEDED_OF_FLOW = ("id", "direction", "protocol", "source", "destination", "initiates", "window")


class Order(NamedTuple):
    """What a host is told.

    ``planned`` are the concerns that its plan has, ``options`` those of the module host_ports, and ``confirm_timeout``
    is in seconds, None for its default.
    """

    planned: list[str]
    options: dict[str, Options]
    confirm_timeout: int | None

    @classmethod
    def to_restore(cls, names: Sequence[str]) -> Order:
        """Return the order to restore these concerns, whatever limits there are."""
        return cls([], {"_wanted": {}, "_restored": dict.fromkeys(names)}, None)

    @classmethod
    def of_plan(cls, plan: Plan, names: Sequence[str], variables: Mapping[str, object]) -> Order:
        """Return the order to bring the concerns of these names to the plan."""
        planned = concerns_of(plan)
        wanted = [name for name in names if name in planned and variables.get(STATES[name]) != "absent"]
        restored: dict[str, Options | None] = {name: None for name in names if name not in wanted}
        if "flows" in restored and "flows" not in planned:
            # The limit on what a run may take away applies.
            restored["flows"] = {**_settings("flows", variables), "flows": [], "peers": {}, "tftpaccess": False}
        options = {name: {**_settings(name, variables), **_OF_PLAN[name](plan)} for name in wanted}
        return cls(planned, {"_wanted": options, "_restored": restored}, _confirm_timeout(variables))


def _settings(concern: str, variables: Mapping[str, object]) -> Options:
    """Return the options that variables set; an empty text, as of a survey, sets nothing."""
    found = {option: variables[name] for option, name in VARIABLES[concern].items() if name in variables}
    return {option: value for option, value in found.items() if value not in (None, "")}


def _confirm_timeout(variables: Mapping[str, object]) -> int | None:
    value = variables[CONFIRM_TIMEOUT] if CONFIRM_TIMEOUT in variables else None
    if value in (None, ""):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise MatrixError(f"{CONFIRM_TIMEOUT} is '{value}'; set it to a number of seconds.") from None


def _flows(plan: Plan) -> Options:
    flows = [{name: flow[name] for name in NEEDED_OF_FLOW if name in flow} for flow in plan["flows"]]
    found = {"flows": flows, "peers": plan["peers"], "interfaces": plan["interfaces"]}
    return {**found, **{name: plan[name] for name in ("retired", "window") if plan[name]}}


_OF_PLAN: Mapping[str, Callable[[Plan], Options]] = {
    "services": lambda plan: {"entries": plan["services"]},
    "holds": lambda plan: {"holds": plan["holds"]},
    "pins": lambda plan: {daemon: port for daemon, port in plan["pins"].items() if port is not None},
    "flows": _flows,
}
