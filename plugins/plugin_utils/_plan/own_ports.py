# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host claims for itself, whoever its peers are: names, holds and pins."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import CONDITIONS, Host

# Services whose port nimconfig can change, and those that only some hosts have.
_PORT_SETTING = {service_table.NIM: "nim_master_port", service_table.NIMREG: "nim_registration_port"}
_CONDITION = {service_table.NIMSH: "nimsh", service_table.NIMAUX: "nimsh", service_table.NIMHTTP: "http"}


def services(host: Host) -> list[Mapping[str, object]]:
    """The entries of the services database."""
    return [
        {
            "name": service.name,
            "port": host.settings[_PORT_SETTING[service]] if service in _PORT_SETTING else service.port,
            "protocol": protocol,
            "aliases": [],
            "comment": service.comment,
        }
        for service in service_table.SERVICES
        if any(role in host.roles for role in service.named_on) and _has(host, service)
        for protocol in service.protocols
    ]


def holds(host: Host) -> list[Mapping[str, object]]:
    """The ports that no process of the host may have."""
    return [{"port": port, "protocol": protocol} for protocol, port in host.held]


def _has(host: Host, service: service_table.Service) -> bool:
    return service not in _CONDITION or CONDITIONS[_CONDITION[service]](host.traits)
