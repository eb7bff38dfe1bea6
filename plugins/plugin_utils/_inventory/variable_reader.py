# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's variables and host patterns; each variable is templated only when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup.inventory_hostnames import LookupModule

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups


class Variables(Mapping):
    """The variables of one host; if a template fails, MatrixError names the host and the variable."""

    def __init__(self, host: str, raw: Mapping[str, object], template: Callable[[str], object]) -> None:
        self._host = host
        self._raw = raw
        self._template = template

    def __getitem__(self, name: str) -> object:
        try:
            value = self._template(name)
        except AnsibleError as error:
            why = " ".join(str(error).split())
            raise MatrixError(f"Host {self._host}: {name} cannot be templated: {why}") from error
        # For another host, ansible-core 2.16 returns the template itself if something in it is undefined.
        if isinstance(value, str) and "{{" in value:
            raise MatrixError(f"Host {self._host}: {name} cannot be templated: something in '{value}' is undefined.")
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def reader(task_vars: Mapping[str, object], template: Callable[[object], object]) -> Callable[[str], Variables]:
    """Return a function that returns the variables of any host.

    The host that runs the task also has the variables of its play and roles; other hosts have those of the inventory.
    """
    here = task_vars["inventory_hostname"]
    hostvars = task_vars["hostvars"]

    def read(host: str) -> Variables:
        if host == here:
            return Variables(host, task_vars, lambda name: template(task_vars[name]))
        view = hostvars[host]
        return Variables(host, view, view.__getitem__)

    return read


def role_groups(variables: Mapping[str, object], host: str) -> dict[str, tuple[str, ...]]:
    """Return role -> names of its groups, by the variables of the host of the task."""
    return read_role_groups(f"Host {host}", variables.get("fleet_ports_groups", {}))


def match(patterns: Sequence[str], groups: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the hosts that patterns match together; --limit does not apply."""
    return LookupModule(loader=DataLoader()).run(patterns, variables={"groups": groups})


def host_names(hosts: object, groups: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the hosts that a task names: by a pattern, or by a list of names and patterns."""
    known = set(groups["all"])
    items = list(map(str, hosts if isinstance(hosts, (list, tuple)) else [hosts]))
    names = []
    for item in items:
        names += [item] if item in known else _match_some(item, [item], groups)
    # Exclusions and intersections apply to the other patterns.
    if any(item.startswith(("!", "&")) for item in items):
        return _match_some(",".join(items), items, groups)
    return list(dict.fromkeys(names))


def _match_some(hosts: str, patterns: Sequence[str], groups: Mapping[str, Iterable[str]]) -> list[str]:
    found = match(patterns, groups)
    if not found:
        raise MatrixError(
            f"hosts: '{hosts}' matches no host of the inventory. Name a host, a group or a pattern."
        )
    return found
