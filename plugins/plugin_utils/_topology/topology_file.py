# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology file: the roles and settings of all hosts of a fleet, for runs that see only a slice of it.

fleet.ports.plan writes it. A slice reads from it which hosts have which role, and the settings of other slices' hosts.
It compares its own hosts with the file, so an outdated file is an error in the slice whose hosts differ.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import Groups, Members
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import RUN_VARIABLES
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import VariablesOf, quoted, read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.values import UNANSWERED
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.inventory_scope import (
    InventoryScope,
    Slice,
    detect,
    is_slice,
)

VERSION = 1

# Settings that no other host's plan reads; they always come from the inventory.
_OWN = (
    "nim_interfaces",
    "nim_client_networks",
    "nim_firewall_window",
    "nim_firewall_window_clients",
    "fleet_ports_profile",
)

_REMEDY = "Run fleet.ports.plan again with the whole inventory"


def document(members: Members, host: Callable[[str], Host], path: str) -> str:
    """Return the text of the file; if nothing has changed, it is the text that is in the path already."""
    names = dict.fromkeys(name for role in ROLES for name in members[role])
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(_entry(host(name)))}" for name in names)
    roles = json.dumps({role: list(members[role]) for role in ROLES})
    body = f'"roles": {roles},\n"hosts": {{\n{lines}\n}}}}\n'
    fingerprint = _fingerprint(body)
    former = (private_file.read(path) or b"").decode("utf-8", "replace")
    if former.endswith(f'"fingerprint": "{fingerprint}",\n{body}'):
        return former
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return f'{{"version": {VERSION}, "written": "{now}", "fingerprint": "{fingerprint}",\n{body}'


@dataclass(frozen=True)
class TopologyFile(Slice):
    """A part of the inventory, and the file that describes the rest."""

    path: str
    written: str
    members: Members
    hosts: Mapping[str, Mapping[str, object]]

    def merge(self, groups: Groups, members: Members, variables: VariablesOf) -> tuple[Members, VariablesOf]:
        here = frozenset(groups["all"])
        for role in ROLES:
            recorded = here.intersection(self.members[role])
            for name in sorted(recorded.symmetric_difference(members[role])):
                has, lacks = (self, "this inventory") if name in recorded else ("this inventory", self)
                raise MatrixError(f"Host {name} has the role {role} in {has}, but not in {lacks}. {_REMEDY}.")
        return self.members, lambda name: variables(name) if name in here else self.hosts[name]

    def check(self, host: Host) -> None:
        recorded = self.hosts.get(host.name)
        found = _entry(host)
        if recorded in (None, found):
            return
        for name in {**found, **recorded}:
            if found.get(name) != recorded.get(name):
                here, there = _quoted_setting(found, name), _quoted_setting(recorded, name)
                raise MatrixError(
                    f"Host {host.name}: {name} is {here} in this inventory and {there} in {self}. {_REMEDY}."
                )

    def need_role(self, role: str) -> None:
        """The file has all of them."""

    def __str__(self) -> str:
        return f"{self.path} (written {self.written})"


def read(path: str) -> TopologyFile:
    """Read a file that fleet.ports.plan has written."""
    data = private_file.read(path)
    if data is None:
        raise MatrixError(
            f"fleet_ports_topology is '{path}', but there is no such file. {_REMEDY}, or correct the path."
        )
    document_text = data.decode("utf-8", "replace")
    try:
        content = json.loads(document_text)
        version = content["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(path) from error
    if version != VERSION:
        raise MatrixError(f"{path} has version {version}, but this release reads version {VERSION}. {_REMEDY}.")
    try:
        if content["fingerprint"] != _fingerprint(document_text.partition("\n")[2]):
            raise _unreadable(path)
        members = {role: dict.fromkeys(content["roles"][role]) for role in ROLES}
        hosts = content["hosts"]
        if not all(isinstance(hosts[name], dict) for of_role in members.values() for name in of_role):
            raise _unreadable(path)
        return TopologyFile(path, content["written"], members, hosts)
    except (KeyError, TypeError) as error:
        raise _unreadable(path) from error


def scope_of(where: str, variables: Mapping[str, object]) -> InventoryScope:
    """Return the scope of a run, which the file named by fleet_ports_topology extends to the whole fleet."""
    path = variables.get("fleet_ports_topology", UNANSWERED)
    if path == UNANSWERED or is_slice(where, variables) is False:
        return detect(where, variables)
    path = read_value(where, "fleet_ports_topology", path, RUN_VARIABLES["fleet_ports_topology"].read)
    return read(os.path.abspath(os.path.expanduser(path)))


def _unreadable(path: str) -> MatrixError:
    return MatrixError(f"{path} is damaged or was edited. {_REMEDY}.")


def _fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _entry(host: Host) -> dict[str, object]:
    """Return the settings of a host that other hosts' plans read, as inventory variables."""
    entry = {name: value for name, value in host.settings.given.items() if name not in _OWN}
    if host.reached_as is not None:
        entry["ansible_host"] = host.reached_as
    return {name: list(value) if isinstance(value, tuple) else value for name, value in entry.items()}


def _quoted_setting(entry: Mapping[str, object], name: str) -> str:
    return quoted(entry[name]) if name in entry else "not set"
