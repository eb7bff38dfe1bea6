# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts go when: servers before those who ask them, so that nothing is asked for before it is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import SERVING_ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.members import hosts_with_role, members_of

STAGES = ("servers", "clients", "rest")


def hosts_of_stage(
    groups: Mapping[str, Iterable[str]], role_groups: Mapping[str, Iterable[str]], stage: str
) -> list[str]:
    """Return the hosts of a stage in the order of the inventory; `rest` is all that are no servers, role or none."""
    if stage not in STAGES:
        raise MatrixError(f"'{stage}' is no stage; the stages are {', '.join(STAGES)}.")
    members = members_of(groups, role_groups)
    servers = set().union(*(members[role] for role in SERVING_ROLES))
    wanted = {
        "servers": servers,
        "clients": hosts_with_role(members) - servers,
        "rest": set(groups["all"]) - servers,
    }[stage]
    return [host for host in groups["all"] if host in wanted]
