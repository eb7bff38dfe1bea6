# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology file: what plans read of other hosts, of a whole fleet, for runs that see a slice of it.

fleet.ports.plan writes it. A slice takes from it who has which role, and what hosts are like that are not in the slice.
Those that are in the slice it compares, so that a file that is out of date is an error in the slice that differs.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.members import Groups, Members, Variables
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.slices import Slice
from ansible_collections.fleet.ports.plugins.plugin_utils._topology.host import Host

VERSION = 1

# What is read for the plan of the host itself and for no other, and so comes from the inventory at all times.
_OWN = (
    "nim_interfaces",
    "nim_client_networks",
    "nim_firewall_window",
    "nim_firewall_window_clients",
    "fleet_ports_profile",
)

_AGAIN = "run fleet.ports.plan with the whole inventory again"


def document(members: Members, host: Callable[[str], Host], path: str) -> str:
    """Return the text of the file, the one that stands in the path already if nothing is different."""
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
    """A part of the inventory, and the file that says what the rest is like."""

    path: str
    written: str
    members: Members
    hosts: Mapping[str, Mapping[str, object]]

    def lay_under(self, groups: Groups, members: Members, variables: Variables) -> tuple[Members, Variables]:
        here = frozenset(groups["all"])
        for role in ROLES:
            recorded = here.intersection(self.members[role])
            for name in sorted(recorded.symmetric_difference(members[role])):
                where = "not in this inventory, but in" if name in recorded else "in this inventory, but not in"
                raise MatrixError(f"Host {name} has the role {role} {where} {self}.")
        return self.members, lambda name: variables(name) if name in here else self.hosts[name]

    def vet(self, host: Host) -> None:
        recorded = self.hosts.get(host.name)
        found = _entry(host)
        if recorded in (None, found):
            return
        for name in {**found, **recorded}:
            if found.get(name) != recorded.get(name):
                raise MatrixError(
                    f"Host {host.name}: {name} is {_said(found, name)} in this inventory and {_said(recorded, name)} "
                    f"in {self}."
                )

    def need_role(self, role: str) -> None:
        """The file knows all of them."""

    def __str__(self) -> str:
        return f"{self.path}, written {self.written}; {_AGAIN}"


def read(path: str) -> TopologyFile:
    """Read a file that fleet.ports.plan has written."""
    data = private_file.read(path)
    if data is None:
        raise MatrixError(f"fleet_ports_topology is '{path}', and there is no such file; {_AGAIN}, or set it right.")
    text = data.decode("utf-8", "replace")
    try:
        content = json.loads(text)
        version = content["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(path) from error
    if version != VERSION:
        raise MatrixError(f"{path} has version {version}, and this release reads {VERSION}; {_AGAIN}.")
    try:
        if content["fingerprint"] != _fingerprint(text.partition("\n")[2]):
            raise _unreadable(path)
        members = {role: dict.fromkeys(content["roles"][role]) for role in ROLES}
        hosts = content["hosts"]
        if not all(isinstance(hosts[name], dict) for of_role in members.values() for name in of_role):
            raise _unreadable(path)
        return TopologyFile(path, content["written"], members, hosts)
    except (KeyError, TypeError) as error:
        raise _unreadable(path) from error


def _unreadable(path: str) -> MatrixError:
    return MatrixError(f"{path} is not as fleet.ports.plan wrote it; {_AGAIN}.")


def _fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _entry(host: Host) -> dict[str, object]:
    """Return what others read of a host, as inventory variables."""
    entry = {name: value for name, value in host.settings.given.items() if name not in _OWN}
    if host.reached_as is not None:
        entry["ansible_host"] = host.reached_as
    return {name: list(value) if isinstance(value, tuple) else value for name, value in entry.items()}


def _said(entry: Mapping[str, object], name: str) -> str:
    return schema.plain(entry[name]) if name in entry else "not set"
