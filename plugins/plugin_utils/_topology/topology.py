# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts that have roles, and their peers: roles come from the inventory's groups, peers from roles and domains.

Each host is read once, and only if a plan needs it: a client's plan reads its servers and gateways, never the other
clients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import NFS_SERVING_ROLES, ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import Members, hosts_with_role
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import (
    Settings,
    VariablesOf,
    quoted,
    read_settings,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.spelling import misspelt_groups, misspelt_variables
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import PINS, Host, known_addresses
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.inventory_scope import InventoryScope
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.peer_set import PeerSet, peer_set_of


class Topology:
    """The hosts that have roles."""

    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        role_groups: Mapping[str, Iterable[str]],
        members: Members,
        variables: VariablesOf,
        common: Settings,
        scope: InventoryScope,
    ) -> None:
        """``variables`` returns the variables of a host; ``common`` are settings that override those of every host."""
        self.members = members
        self._groups = groups
        self._role_groups = role_groups
        self._variables = variables
        self._common = common
        self._scope = scope
        self._hosts: dict[str, Host] = {}
        self._peer_sets: dict[tuple[str, str, str | None], PeerSet] = {}

    def roles_of(self, name: str) -> tuple[str, ...]:
        return tuple(role for role in ROLES if name in self.members[role])

    @property
    def hosts_with_role(self) -> set[str]:
        return hosts_with_role(self.members)

    def misspelt_groups_of(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return groups of a host that give no role, each with the group that was probably meant."""
        return tuple(self._misspelt_groups.get(name, ()))

    @cached_property
    def _misspelt_groups(self) -> Mapping[str, list[tuple[str, str]]]:
        """By host; left out are hosts that are in the intended group as well, of which theirs may be a part."""
        found = defaultdict(list)
        role_groups = [group for groups in self._role_groups.values() for group in groups]
        for group, meant in misspelt_groups(self._groups, role_groups):
            members = set(self._groups.get(meant, ()))
            for host in self._groups[group]:
                if host not in members:
                    found[host].append((group, meant))
        return found

    def host(self, name: str) -> Host:
        if name not in self._hosts:
            self._hosts[name] = self._read(name)
            self._scope.check(self._hosts[name])
        return self._hosts[name]

    def peers(self, role: str, domain: str, left_to: str | None) -> PeerSet:
        """Return all hosts of a role in a domain but those that also have the role ``left_to``."""
        key = role, domain, left_to
        if key not in self._peer_sets:
            hosts = (host for host in self.in_domain(role, domain) if left_to not in host.roles)
            self._peer_sets[key] = peer_set_of(role, hosts)
        return self._peer_sets[key]

    def in_domain(self, role: str, domain: str) -> Iterable[Host]:
        """Return the hosts of a role in a domain without retired ones."""
        if any(group in self._groups for group in self._role_groups[role]):
            self._scope.need_role(role)
        hosts = map(self.host, self.members[role])
        return (host for host in hosts if host.domain == domain and role in host.roles)

    def named(self, role: str, names: Iterable[str], where: str) -> list[str]:
        """Return the hosts of a role that a variable names, by host or by group; ``where`` is the variable."""
        found: dict[str, None] = {}
        for name in names:
            if name in self._groups:
                self._scope.need_group(where, name)
            hosts = [host for host in self._groups.get(name, [name]) if host in self.members[role]]
            if not hosts:
                raise MatrixError(
                    f"{where} names {quoted(name)}, which is neither a {role} nor a group that contains one. "
                    f"Name hosts of the group {' or '.join(self._role_groups[role])}."
                )
            found.update(dict.fromkeys(hosts))
        return list(found)

    def _read(self, name: str) -> Host:
        variables = self._variables(name)
        settings = read_settings(f"Host {name}", variables)
        given = settings["fleet_ports_addresses"]
        reached_as = None if given else str(variables.get("ansible_host", name))
        return Host(
            name=name,
            assigned_roles=self.roles_of(name),
            settings=Settings({**settings.given, **self._common.given}),
            known_addresses=known_addresses(name, settings, variables),
            reached_as=reached_as,
            misspelt_variables=tuple(misspelt_variables(variables)),
            misspelt_groups=self.misspelt_groups_of(name),
        )


def stand_in(host: Host, role: str, networks: Iterable[str]) -> PeerSet:
    """Return peers that are known by their addresses only: they are assumed to have the settings of the host itself.

    Its pins are left out where the role serves nothing, because a client's daemons are pinned only if set for that
    client.
    """
    settings = host.settings
    if role not in NFS_SERVING_ROLES:
        settings = settings.without(*(f"nfs_ports_{pin}" for pin in PINS))
    networks = tuple(networks)
    return peer_set_of(role, [Host(f"of role {role}", (role,), settings, networks)] if networks else ())
