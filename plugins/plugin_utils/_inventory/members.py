# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has which role, as the inventory's groups say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import ROLES

# Group -> its hosts, as Ansible gives them.
Groups = Mapping[str, Iterable[str]]
# Reads a host's variables.
Variables = Callable[[str], Mapping[str, object]]
# Role -> its hosts, in order.
Members = Mapping[str, Mapping[str, None]]


def members_of(groups: Groups, role_groups: Mapping[str, Iterable[str]]) -> Members:
    """Return the hosts of each role."""
    return {
        role: dict.fromkeys(host for group in role_groups[role] for host in groups.get(group, ())) for role in ROLES
    }


def hosts_with_role(members: Members) -> set[str]:
    return set().union(*members.values())
