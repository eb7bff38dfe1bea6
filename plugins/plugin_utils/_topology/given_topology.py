# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology that a task gives, such as that of a NIM database, merged with the inventory.

It replaces the inventory's groups for the roles of NIM, and its variables take precedence over the inventory's. A machine
is identified with the host of the inventory that has one of its names or addresses; other machines get names of their
own.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import (
    NIM_CLIENT,
    NIM_MASTER,
    NIM_RESOURCE_SERVER,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import Members
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import (
    VariablesOf,
    quoted,
    read_settings,
    read_value,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import known_addresses

ROLES = (NIM_MASTER, NIM_CLIENT, NIM_RESOURCE_SERVER)

# The name of the master in each NIM database; it identifies no host.
_NAME_OF_EACH_MASTER = "master"


@dataclass(frozen=True)
class Machine:
    """One machine of the topology."""

    name: str
    roles: tuple[str, ...]
    hostnames: tuple[str, ...]
    # As inventory variables.
    variables: Mapping[str, object]

    @property
    def names(self) -> Iterator[str]:
        """The names that it may have in an inventory."""
        for name in (*self.hostnames, self.name):
            if name != _NAME_OF_EACH_MASTER:
                yield name
                yield name.partition(".")[0]


def read(where: str, value: object) -> list[Machine]:
    """Return the machines of a topology in the form that a task gives."""
    if not isinstance(value, Mapping):
        raise MatrixError(f"{where} is {quoted(value)}; set it to the topology that nim_topology_info returns.")
    return [_machine(f"{where}.{name}", str(name), found) for name, found in value.items()]


def _machine(where: str, name: str, found: object) -> Machine:
    if not isinstance(found, Mapping) or not isinstance(found.get("variables", {}), Mapping):
        raise MatrixError(f"{where} is {quoted(found)}; set it to a mapping with roles and variables.")
    roles = read_value(where, "roles", found.get("roles", ()), values.names)
    for role in roles:
        if role not in ROLES:
            raise MatrixError(f"{where}: Unknown NIM role {quoted(role)}. The roles are {', '.join(ROLES)}.")
    hostnames = read_value(where, "hostnames", found.get("hostnames", ()), values.names)
    return Machine(name, roles, hostnames, found.get("variables", {}))


def merge(
    machines: Iterable[Machine], hosts: Iterable[str], members: Members, variables: VariablesOf
) -> tuple[Members, VariablesOf]:
    """Return members and variables: those of the machines, and for all else those of the inventory."""
    known = frozenset(hosts)
    machine_of = _named(machines, known, _others(members), variables)
    domain = _domain(machine_of, known, variables)

    def read_variables(name: str) -> Mapping[str, object]:
        if name not in machine_of:
            return variables(name)
        return ChainMap(machine_of[name].variables, variables(name) if name in known else {"nim_domain": domain})

    return {**members, **{role: _with_role(role, machine_of) for role in ROLES}}, read_variables


def _named(
    machines: Iterable[Machine], known: frozenset[str], candidates: Iterable[str], variables: VariablesOf
) -> dict[str, Machine]:
    """Return host -> machine, with the inventory's names of its hosts."""
    found, strangers = {}, []
    for machine in machines:
        name = next((name for name in machine.names if name in known and name not in found), None)
        if name is None:
            strangers.append(machine)
        else:
            found[name] = machine
    host_at = _addresses((name for name in candidates if name not in found), variables) if strangers else {}
    for machine in strangers:
        settings = read_settings(f"topology.{machine.name}", machine.variables)
        own = known_addresses(machine.name, settings, machine.variables)
        name = next((host_at[address] for address in own if address in host_at), None)
        found[name or f"{machine.name} (NIM)"] = machine
    return found


def _others(members: Members) -> Iterable[str]:
    """Return the hosts of the inventory that may be one of the machines."""
    return dict.fromkeys(host for role in ROLES for host in members[role])


def _addresses(names: Iterable[str], variables: VariablesOf) -> dict[str, str]:
    """Return address -> host."""
    return {
        address: name
        for name in names
        for settings in [read_settings(f"Host {name}", variables(name))]
        for address in known_addresses(name, settings, variables(name))
    }


def _domain(machine_of: Mapping[str, Machine], known: frozenset[str], variables: VariablesOf) -> str:
    """Return the domain of the master, which is that of its whole database."""
    masters = [name for name in _with_role(NIM_MASTER, machine_of) if name in known]
    where = masters[0] if masters else None
    return read_settings(f"Host {where}", variables(where) if where else {})["nim_domain"]


def _with_role(role: str, machine_of: Mapping[str, Machine]) -> Mapping[str, None]:
    return dict.fromkeys(name for name, machine in machine_of.items() if role in machine.roles)
