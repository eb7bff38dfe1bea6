# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of hosts, by the inventory's groups, and the stages of a run that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import (
    DEFAULT_GROUPS,
    ROLES,
    SERVING_ROLES,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import RUN_VARIABLES
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import quoted, read_value

# Group -> its hosts, as Ansible gives them.
Groups = Mapping[str, Iterable[str]]
# Role -> the names of its groups.
RoleGroups = Mapping[str, Iterable[str]]
# Role -> its hosts, in order.
Members = Mapping[str, Mapping[str, None]]

STAGES = ("servers", "clients", "rest")


def read_roles(where: str, value: object) -> tuple[str, ...]:
    """Return the roles in the catalog's order."""
    named = read_value(where, "roles", value, values.names)
    for role in named:
        check_role(where, role)
    return tuple(role for role in ROLES if role in named)


def read_role_groups(where: str, value: object) -> dict[str, tuple[str, ...]]:
    """Return role -> names of its groups; roles that the variable fleet_ports_groups leaves out have their defaults."""
    named_groups = read_value(where, "fleet_ports_groups", value, RUN_VARIABLES["fleet_ports_groups"].read)
    groups = {role: (group,) for role, group in DEFAULT_GROUPS.items()}
    for role, named in named_groups.items():
        check_role(f"{where}: fleet_ports_groups", role)
        groups[role] = read_value(where, f"fleet_ports_groups.{role}", named, values.names)
    return groups


def check_role(where: str, role: object) -> None:
    if role not in ROLES:
        raise MatrixError(f"{where}: Unknown role {quoted(role)}. The roles are {', '.join(ROLES)}.")


def members_of(groups: Groups, role_groups: RoleGroups) -> Members:
    """Return the hosts of each role."""
    return {
        role: dict.fromkeys(host for group in role_groups[role] for host in groups.get(group, ())) for role in ROLES
    }


def hosts_with_role(members: Members) -> set[str]:
    return set().union(*members.values())


def hosts_of_stage(groups: Groups, role_groups: RoleGroups, stage: str) -> list[str]:
    """Return the hosts of a stage in the order of the inventory; `rest` is every host that is no server."""
    if stage not in STAGES:
        raise MatrixError(f"Unknown stage '{stage}'. The stages are {', '.join(STAGES)}.")
    members = members_of(groups, role_groups)
    servers = set().union(*(members[role] for role in SERVING_ROLES))
    wanted = {
        "servers": servers,
        "clients": hosts_with_role(members) - servers,
        "rest": set(groups["all"]) - servers,
    }[stage]
    return [host for host in groups["all"] if host in wanted]
