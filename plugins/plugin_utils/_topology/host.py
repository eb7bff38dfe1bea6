# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host of the matrix: its roles, domain and settings, and the ports that it uses for a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import (
    BMC_HOST,
    NFS_SERVING_ROLES,
    NIM_CLIENT,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import WORKING
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.service_table import DYNAMIC
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import Settings
from ansible_collections.fleet.ports.plugins.plugin_utils._net import address_sets, port_sets
from ansible_collections.fleet.ports.plugins.plugin_utils._net.port_sets import Ports

PINS = ("mountd", "lockd", "statd")

# What "002, NFS" says of statd on AIX.
WHY_NOT_STATD = "statd cannot be bound to a specific port, and will always choose an arbitrary port"

# Where an RPC client asks from: a reserved port or an ephemeral one.
RPC_CLIENT = ("512-1023", DYNAMIC)

# rcmd() takes the highest free port and goes down from there, for each operation five ("002, Additional
# Considerations, 3a"), and not below the lowest.
_RCMD_HIGHEST, _RCMD_LOWEST, _PORTS_AN_OPERATION = 1023, 513, 5


class Traits(NamedTuple):
    """Everything that determines the rows and ports of a host; hosts with equal traits share their flows."""

    communication: str
    install: tuple[str, ...]
    nfs_version: int
    http: bool
    reserved: Ports
    nim: int
    nimreg: int
    mountd: int | None
    lockd: int | None
    statd: int | None
    # What the host holds, as (protocol, port).
    held: frozenset[tuple[str, int]]


CONDITIONS = {
    "nimsh": lambda traits: traits.communication == "nimsh",
    "rsh": lambda traits: traits.communication == "rsh",
    "push": lambda traits: "push" in traits.install,
    "nfs3": lambda traits: traits.nfs_version == 3,
    "nfs4": lambda traits: traits.nfs_version == 4,
    "http": lambda traits: traits.http,
}


@dataclass(frozen=True)
class Host:
    """A host of the inventory, or a stand-in for hosts that are known by their addresses only."""

    name: str
    assigned_roles: tuple[str, ...]
    settings: Settings
    # The CIDRs of the host; () if it has none, which is an error only if it takes part in a flow.
    known_addresses: tuple[str, ...]
    # The name or address by which Ansible reaches it; None if its addresses are set.
    reached_as: str | None = None
    # Unknown variables and groups of the host, each with the name that was probably meant.
    misspelt_variables: tuple[tuple[str, str], ...] = ()
    misspelt_groups: tuple[tuple[str, str], ...] = ()

    @property
    def is_retired(self) -> bool:
        """Whether it is a NIM client that no longer takes part in NIM."""
        return NIM_CLIENT in self.assigned_roles and self.settings["nim_state"] == "retired"

    @cached_property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for role in self.assigned_roles if not (self.is_retired and role == NIM_CLIENT))

    @property
    def domain(self) -> str:
        return self.settings["nim_domain"]

    @property
    def addresses(self) -> tuple[str, ...]:
        self.need_address()
        return self.known_addresses

    def need_address(self) -> None:
        if not self.known_addresses:
            raise MatrixError(
                f"Host {self.name} has no address: Ansible reaches it as '{self.reached_as}', which is not an IP "
                "address. Set fleet_ports_addresses for it to a list of addresses or networks."
            )

    @cached_property
    def pins(self) -> dict[str, int | None]:
        """The pins in force: on a server always, by default if unset; on a client only those that are set for it."""
        serves = any(role in NFS_SERVING_ROLES for role in self.roles)
        return {
            pin: self._pin(f"nfs_ports_{pin}") if serves or f"nfs_ports_{pin}" in self.settings.given else None
            for pin in PINS
        }

    def _pin(self, name: str) -> int | None:
        value = self.settings[name]
        if name != "nfs_ports_statd" or value is None:
            return value
        aix = self.settings["fleet_ports_system"] == "aix"
        if value == schema.AUTO:
            return None if aix else schema.STATD_ON_LINUX
        if aix:
            raise MatrixError(
                f"Host {self.name}: nfs_ports_statd is {value}, but on AIX \"{WHY_NOT_STATD}\" (002, NFS). "
                "Set it to auto or null."
            )
        return value

    @cached_property
    def held(self) -> tuple[tuple[str, int], ...]:
        if BMC_HOST not in self.roles:
            return ()
        return tuple(
            (protocol, port)
            for port in self.settings["port_blocker_ports"]
            for protocol in self.settings["port_blocker_protocols"]
        )

    @cached_property
    def traits(self) -> Traits:
        settings = self.settings
        return Traits(
            communication=settings["nim_communication"],
            install=settings["nim_install"],
            nfs_version=settings["nim_nfs_version"],
            http=settings["nim_http"],
            reserved=_reserved(settings),
            nim=settings["nim_master_port"],
            nimreg=settings["nim_registration_port"],
            held=frozenset(self.held),
            **self.pins,
        )


def _reserved(settings: Settings) -> Ports:
    operations = settings["nim_concurrent_operations"]
    if operations is None:
        return settings["nim_reserved_ports"]
    lowest = max(_RCMD_LOWEST, _RCMD_HIGHEST + 1 - _PORTS_AN_OPERATION * operations)
    return (f"{lowest}-{_RCMD_HIGHEST}",)


@cache
def ports_of(text: str, protocol: str, traits: Traits, profile: str) -> Ports:
    """Return the ports that a host with these traits has for a row's ``ports``.

    A host does not use a port that it holds, unless it has no other; that is a conflict.
    """
    ports = ports_set(text, traits)
    if profile == WORKING and port_sets.is_range(ports):
        held = sorted(port for held_protocol, port in traits.held if held_protocol == protocol)
        return port_sets.without(ports, held) or ports
    return ports


def ports_set(text: str, traits: Traits) -> Ports:
    """Return the ports that a row's ``ports`` stand for on a host, held or not."""
    if text == "reserved":
        return traits.reserved
    if text == "rpc":
        return RPC_CLIENT
    if text in ("nim", "nimreg"):
        return (str(getattr(traits, text)),)
    if text in PINS:
        pin = getattr(traits, text)
        return (DYNAMIC,) if pin is None else (str(pin),)
    return (text,)


def known_addresses(name: str, settings: Settings, variables: Mapping[str, object]) -> tuple[str, ...]:
    """Return the addresses that are set, else the address by which Ansible reaches the host, if it is one."""
    if settings["fleet_ports_addresses"]:
        return settings["fleet_ports_addresses"]
    address = address_sets.network(variables.get("ansible_host", name))
    return () if address is None else (address,)
