# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every inventory variable that the matrix reads: its default, and how its value is read. The only such table."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import PROFILES, WORKING
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values


@dataclass(frozen=True)
class Variable:
    """A variable of a host; ``default`` is what its absence means."""

    default: object
    read: values.Reader


AUTO = "auto"

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

# The default of statd's pin where it can be pinned.
STATD_ON_LINUX = 4046
