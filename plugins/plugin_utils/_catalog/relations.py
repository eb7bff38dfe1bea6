# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog: the roles, the relations between them, and the rows of each relation.

The tables of the two sources are in ``service_table.py``, ``nim.py`` and ``nfs.py``; their port numbers occur nowhere
else.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.nfs import NFS_ROWS
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.nim import (
    NIM_ROWS,
    RELAY_TO_CLIENT_ROWS,
    RELAY_TO_MASTER_ROWS,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import SERVER, Row

# Role -> the inventory group that gives it, unless fleet_ports_groups says otherwise.
DEFAULT_GROUPS = {
    "nim_master": "nim_masters",
    "nim_client": "nim_clients",
    "nim_resource_server": "nim_resource_servers",
    "nim_gateway": "nim_gateways",
    "bmc_host": "bmc_hosts",
    "nfs_server": "pinned_nfs_servers",
    "nfs_client": "pinned_nfs_clients",
}
ROLES = tuple(DEFAULT_GROUPS)

GATEWAY = "nim_gateway"
BMC_HOST = "bmc_host"
NIM_MASTER = "nim_master"
NIM_CLIENT = "nim_client"
NIM_RESOURCE_SERVER = "nim_resource_server"
NIM_ROLES = (NIM_MASTER, NIM_CLIENT)
NFS_SERVING_ROLES = ("nim_master", "nim_resource_server", "nfs_server")
# Roles whose hosts serve others or forward for them.
SERVING_ROLES = (*NFS_SERVING_ROLES, GATEWAY)

PHASES = ("register", "boot", "transfer", "mount", "operate", "shell")
# What is needed only as long as a client is being installed.
INSTALL_PHASES = ("boot", "transfer", "mount")

# Groups of addresses that belong to no host.
PSEUDO_PEERS = {"unaddressed": ("0.0.0.0/32",), "broadcast": ("255.255.255.255/32",)}


# Compared by identity, because each exists once and a comparison of its rows is slow.
@dataclass(frozen=True, eq=False)
class Relation:
    """Two roles that communicate with each other."""

    server: str
    client: str
    rows: tuple[Row, ...]
    # Whether a gateway between the two forwards it, as it does not for packets of its own relay agent.
    routed: bool = True
    # A server that also has this role is left out, because that role's relation with the client has the same rows.
    left_to: str | None = None

    def role_of(self, side: str) -> str:
        return self.server if side == SERVER else self.client


RELATIONS = (
    Relation("nim_master", "nim_client", NIM_ROWS + NFS_ROWS),
    Relation("nim_resource_server", "nim_client", NFS_ROWS, left_to="nim_master"),
    Relation("nim_resource_server", "nim_master", NFS_ROWS),
    Relation("nim_master", GATEWAY, RELAY_TO_MASTER_ROWS, routed=False),
    Relation(GATEWAY, "nim_client", RELAY_TO_CLIENT_ROWS, routed=False),
    Relation("nfs_server", "nfs_client", NFS_ROWS),
)
