# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every inventory variable that the matrix reads: its default, and how its value is read. The only such table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import relations as _catalog
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import services as _services
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values as _values
from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import PROFILES, WORKING


@dataclass(frozen=True)
class Variable:
    """A variable of a host; ``default`` is what its absence means."""

    default: object
    read: _values.Reader


AUTO = "auto"

# How a survey leaves a question unanswered.
UNANSWERED = ""

VARIABLES = {
    "nim_domain": Variable("default", _values.text),
    "nim_state": Variable("active", _values.choice("active", "retired")),
    "nim_communication": Variable("nimsh", _values.choice("nimsh", "rsh")),
    "nim_install": Variable(("push", "pull"), _values.choices("push", "pull")),
    "nim_nfs_version": Variable("3", _values.choice("3", "4")),
    "nim_reserved_ports": Variable((_services.RCMD,), _values.port_ranges),
    "nim_concurrent_operations": Variable(None, _values.optional(_values.count)),
    "nim_master_port": Variable(_services.NIM.port, _values.port),
    "nim_registration_port": Variable(_services.NIMREG.port, _values.port),
    "nim_http": Variable(False, _values.boolean),
    "nim_interfaces": Variable((), _values.names),
    "nim_client_networks": Variable((), _values.networks),
    "nim_firewall_window": Variable(None, _values.optional(_values.duration)),
    "nim_firewall_window_clients": Variable((), _values.names),
    "nfs_ports_mountd": Variable(20048, _values.optional(_values.port)),
    "nfs_ports_lockd": Variable(4045, _values.optional(_values.port)),
    "nfs_ports_statd": Variable(AUTO, _values.optional(_values.either(AUTO, _values.port))),
    "port_blocker_ports": Variable((_services.RMCP.port, _services.RMCPS.port), _values.ports),
    "port_blocker_protocols": Variable(("udp", "tcp"), _values.choices("udp", "tcp")),
    "fleet_ports_addresses": Variable((), _values.networks),
    "fleet_ports_profile": Variable(WORKING, _values.choice(*PROFILES)),
    "fleet_ports_system": Variable("linux", _values.choice("linux", "aix")),
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


def read(where: str, name: str, value: object, reader: _values.Reader) -> object:
    """Read one value, or say what is wrong with it."""
    try:
        return reader(value)
    except _values.UnfitItem as error:
        raise MatrixError(f"{where}: {name} has {plain(error.item)}; {error}.") from error
    except _values.Unfit as error:
        raise MatrixError(f"{where}: {name} is {plain(value)}; {error}.") from error


def read_roles(where: str, value: object) -> tuple[str, ...]:
    """Return the roles in the catalog's order."""
    named = read(where, "roles", value, _values.names)
    for role in named:
        check_role(where, role)
    return tuple(role for role in _catalog.ROLES if role in named)


def read_groups(where: str, value: object) -> dict[str, tuple[str, ...]]:
    """Return role -> names of its groups, the defaults for the roles that the variable leaves out."""
    if not isinstance(value, Mapping):
        raise MatrixError(
            f"{where}: fleet_ports_groups is {plain(value)}; set it to a mapping of role to list of groups."
        )
    groups = {role: (group,) for role, group in _catalog.DEFAULT_GROUPS.items()}
    for role, named in value.items():
        check_role(f"{where}: fleet_ports_groups", role)
        groups[role] = read(where, f"fleet_ports_groups.{role}", named, _values.names)
    return groups


def check_role(where: str, role: object) -> None:
    if role not in _catalog.ROLES:
        raise MatrixError(f"{where}: {plain(role)} is no role; the roles are {', '.join(_catalog.ROLES)}.")


def plain(value: object) -> str:
    """The value as a sentence quotes it."""
    if isinstance(value, str):
        return f"'{value}'"
    return str(value)
