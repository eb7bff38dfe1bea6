# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a fleet as terms of a policy for network firewalls: each permission once, named, for one address family.

The broadcasts of BOOTP are no terms, because they do not pass a router.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PSEUDO_PEERS
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.address_pairs import Addresses
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow

FAMILIES = (4, 6)

# With a prefix, a role and a number, a name then has at most 63 characters, the shortest limit of the platforms.
_MOST_DOMAIN_CHARACTERS = 16
_PREFIX = "FLEET_PORTS"

_NOT_ROUTED = frozenset(PSEUDO_PEERS.values())


class Permission(NamedTuple):
    """What a term permits."""

    family: int
    # False: only as a reply, which a stateful filter permits by itself.
    initiates: bool
    protocol: str
    sources: Addresses
    source_ports: tuple[str, ...]
    destinations: Addresses
    destination_ports: tuple[str, ...]


class Term(NamedTuple):
    """A permission with its name, the names of its two address groups, and the references of its rows."""

    name: str
    permission: Permission
    source: str
    destination: str
    references: tuple[str, ...]


def terms_of(rows: Iterable[FlatRow]) -> list[Term]:
    """Return the terms; rows with equal permissions are one term with all their references."""
    alike: dict[Permission, list[FlatRow]] = {}
    for row in rows:
        for permission in _permissions(row):
            alike.setdefault(permission, []).append(row)
    names, groups = _Names("-"), _Names("_G")
    return [
        Term(
            name=names.of(rows[0].kind.id, permission),
            permission=permission,
            source=_group(groups, rows[0].kind.source_role, permission.sources, rows[0], permission),
            destination=_group(groups, rows[0].kind.destination_role, permission.destinations, rows[0], permission),
            references=tuple(dict.fromkeys(row.kind.reference for row in rows)),
        )
        for permission, rows in alike.items()
    ]


def _permissions(row: FlatRow) -> Iterable[Permission]:
    if _NOT_ROUTED.intersection((row.source_addresses, row.destination_addresses)):
        return
    kind = row.kind
    for family in FAMILIES:
        sources, destinations = _of(family, row.source_addresses), _of(family, row.destination_addresses)
        if sources and destinations:
            yield Permission(
                family, kind.initiates, kind.protocol,
                sources, tuple(kind.source_ports.split()), destinations, tuple(kind.destination_ports.split()),
            )  # fmt: skip


def _of(family: int, addresses: Addresses) -> Addresses:
    return tuple(address for address in addresses if (":" in address) == (family == 6))


class _Names:
    """Distinct names for things; the second thing with a name gets it with a number."""

    def __init__(self, before_number: str) -> None:
        self._before_number = before_number
        self._given: dict[Hashable, str] = {}
        self._count: Counter[str] = Counter()

    def of(self, name: str, thing: Hashable) -> str:
        if thing not in self._given:
            self._count[name] += 1
            number = self._count[name]
            self._given[thing] = name if number == 1 else f"{name}{self._before_number}{number}"
        return self._given[thing]


def _group(groups: _Names, role: str, addresses: Addresses, row: FlatRow, permission: Permission) -> str:
    words = [_PREFIX, _word(row.kind.domain)[:_MOST_DOMAIN_CHARACTERS], _word(role)]
    return groups.of("_".join(filter(None, words + ["V6"] * (permission.family == 6))), addresses)


def _word(text: str) -> str:
    """Return the text as a part of a name that is valid on every platform."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")
