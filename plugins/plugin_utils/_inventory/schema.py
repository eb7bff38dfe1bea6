# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every inventory variable that the matrix reads: its default, and how its value is read. The only such table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import relations, service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import PROFILES, WORKING
from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values


@dataclass(frozen=True)
class Variable:
    """A variable of a host; ``default`` is what its absence means."""

    default: object
    read: values.Reader


AUTO = "auto"

# How a survey leaves a question unanswered.
UNANSWERED = ""

VARIABLES = {
    "nim_domain": Variable("default", values.text),
    "nim_state": Variable("active", values.choice("active", "retired")),
    "nim_communication": Variable("nimsh", values.choice("nimsh", "rsh")),
    "nim_install": Variable(("push", "pull"), values.choices("push", "pull")),
    "nim_nfs_version": Variable("3", values.choice("3", "4")),
    "nim_reserved_ports": Variable((service_table.RCMD,), values.port_ranges),
    "nim_concurrent_operations": Variable(None, values.optional(values.count)),
    "nim_master_port": Variable(service_table.NIM.port, values.port),
    "nim_registration_port": Variable(service_table.NIMREG.port, values.port),
    "nim_http": Variable(False, values.boolean),
    "nim_interfaces": Variable((), values.names),
    "nim_client_networks": Variable((), values.networks),
    "nim_firewall_window": Variable(None, values.optional(values.duration)),
    "nim_firewall_window_clients": Variable((), values.names),
    "nfs_ports_mountd": Variable(20048, values.optional(values.port)),
    "nfs_ports_lockd": Variable(4045, values.optional(values.port)),
    "nfs_ports_statd": Variable(AUTO, values.optional(values.either(AUTO, values.port))),
    "port_blocker_ports": Variable((service_table.RMCP.port, service_table.RMCPS.port), values.ports),
    "port_blocker_protocols": Variable(("udp", "tcp"), values.choices("udp", "tcp")),
    "fleet_ports_addresses": Variable((), values.networks),
    "fleet_ports_profile": Variable(WORKING, values.choice(*PROFILES)),
    "fleet_ports_system": Variable("linux", values.choice("linux", "aix")),
}

# What statd is pinned to where it can be, if nobody says otherwise.
STATD_ON_LINUX = 4046


@dataclass(frozen=True)
class Settings:
    """The variables of one host, read; those that nobody set have their defaults."""

    given: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.given[name] if name in self.given else VARIABLES[name].default

    def without(self, *names: str) -> Settings:
        """The same settings, these as if nobody had set them."""
        return Settings({name: value for name, value in self.given.items() if name not in names})


def read_settings(where: str, variables: Mapping[str, object]) -> Settings:
    """Read the variables that the matrix knows; ``where`` begins the sentence about one that is unfit."""
    given = {name: variables[name] for name in VARIABLES if name in variables}
    return Settings(
        {name: read(where, name, value, VARIABLES[name].read) for name, value in given.items() if value != UNANSWERED}
    )


def read(where: str, name: str, value: object, reader: values.Reader) -> object:
    """Read one value, or say what is wrong with it."""
    try:
        return reader(value)
    except values.UnfitItem as error:
        raise MatrixError(f"{where}: {name} has {plain(error.item)}; {error}.") from error
    except values.Unfit as error:
        raise MatrixError(f"{where}: {name} is {plain(value)}; {error}.") from error


def read_roles(where: str, value: object) -> tuple[str, ...]:
    """Return the roles in the catalog's order."""
    named = read(where, "roles", value, values.names)
    for role in named:
        check_role(where, role)
    return tuple(role for role in relations.ROLES if role in named)


def read_groups(where: str, value: object) -> dict[str, tuple[str, ...]]:
    """Return role -> names of its groups, the defaults for the roles that the variable leaves out."""
    if not isinstance(value, Mapping):
        raise MatrixError(
            f"{where}: fleet_ports_groups is {plain(value)}; set it to a mapping of role to list of groups."
        )
    groups = {role: (group,) for role, group in relations.DEFAULT_GROUPS.items()}
    for role, named in value.items():
        check_role(f"{where}: fleet_ports_groups", role)
        groups[role] = read(where, f"fleet_ports_groups.{role}", named, values.names)
    return groups


def check_role(where: str, role: object) -> None:
    if role not in relations.ROLES:
        raise MatrixError(f"{where}: {plain(role)} is no role; the roles are {', '.join(relations.ROLES)}.")


def plain(value: object) -> str:
    """The value as a sentence quotes it."""
    if isinstance(value, str):
        return f"'{value}'"
    return str(value)
