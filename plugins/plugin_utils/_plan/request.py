# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a port_matrix task, read and checked against each other; and its JMESPath query."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema, values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import check_role, read_roles
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import Settings, read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import UNANSWERED
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import given_topology

try:
    import jmespath
except ImportError:
    jmespath = None

WHERE = "port_matrix"

# Option -> its variable: options about the host of the task, and options that apply to every host.
_OWN = {"domain": "nim_domain", "addresses": "fleet_ports_addresses", "nim_state": "nim_state"}
_COMMON = {"profile": "fleet_ports_profile", "system": "fleet_ports_system"}
_COMMON |= {name: name for name in schema.VARIABLES if name not in {*_OWN.values(), *_COMMON.values()}}
VARIABLE_OF = {**_OWN, **_COMMON}

# Options that cannot apply to many hosts at once.
_ONE_HOST_ONLY = ("roles", "peers", *_OWN)

# Options that stand for variables are read as these are: a survey gives text for each, and an empty text for no answer.
ARGUMENT_SPEC = {
    "hosts": {"type": "raw"},
    "roles": {"type": "raw"},
    "peers": {"type": "dict"},
    "topology": {"type": "raw"},
    "query": {"type": "str"},
    "on_conflict": {"type": "str", "choices": ["report", "fail"], "default": "report"},
    "dest": {"type": "path"},
    "topology_dest": {"type": "path"},
    "report_dir": {"type": "path"},
    **{option: {"type": "raw"} for option in VARIABLE_OF},
}

# What jmespath raises for a wrong expression: its own errors are ValueErrors; some expressions end in others.
_JMESPATH_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Request:
    """The options of one task."""

    def __init__(self, arguments: Mapping[str, object]) -> None:
        arguments = {name: value for name, value in arguments.items() if value not in (None, UNANSWERED)}
        self.hosts = arguments.get("hosts")
        self.dest = arguments.get("dest")
        self.report_dir = arguments.get("report_dir")
        self.topology_dest = arguments.get("topology_dest")
        self.query = arguments.get("query")
        self.fail_on_conflict = arguments["on_conflict"] == "fail"
        self.roles = read_roles(WHERE, arguments["roles"]) if arguments.get("roles") else None
        self.peers = _read_peers(arguments.get("peers", {}))
        self.topology = None
        if "topology" in arguments:
            self.topology = given_topology.read(f"{WHERE}: topology", arguments["topology"])
        self.own = _read(arguments, _OWN)
        self.common = _read(arguments, _COMMON)
        self._check_together(arguments)

    def _check_together(self, arguments: Mapping[str, object]) -> None:
        if self.hosts is not None:
            for name in _ONE_HOST_ONLY:
                if name in arguments:
                    raise MatrixError(
                        f"{WHERE}: {name} applies to one host and cannot be combined with hosts. "
                        "Remove one of the two."
                    )
        elif self.dest or self.report_dir or self.topology_dest:
            raise MatrixError(
                f"{WHERE}: dest, report_dir and topology_dest require hosts. Set hosts as well."
            )
        if self.topology_dest and self.topology is not None:
            raise MatrixError(
                f"{WHERE}: topology_dest writes the topology of the inventory and cannot be combined with topology. "
                "Remove one of the two."
            )


def _read(arguments: Mapping[str, object], variables: Mapping[str, str]) -> Settings:
    """Read options as the variables that they override."""
    return Settings(
        {
            variable: read_value(WHERE, option, arguments[option], schema.VARIABLES[variable].read)
            for option, variable in variables.items()
            if option in arguments
        }
    )


def _read_peers(peers: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
    for role in peers:
        check_role(f"{WHERE}: peers", role)
    return {role: read_value(WHERE, f"peers.{role}", value, values.networks) for role, value in peers.items()}


def query_plan(expression: str, plan: object) -> object:
    """Return what a JMESPath expression finds in a plan."""
    if jmespath is None:
        raise MatrixError(
            "query needs the Python package jmespath, which is missing on the controller or in its execution "
            "environment. Install jmespath there."
        )
    try:
        return jmespath.search(expression, plan)
    except _JMESPATH_ERRORS as error:
        reason = " ".join(str(error).split())
        raise MatrixError(f"query '{expression}' is not a JMESPath expression for a plan: {reason}.") from error
