# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data for the script of the page: each value once, and each host as its name, addresses and a shared profile.

The rows of thousands of clients differ only in the client's own addresses, for which a row has ``null``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow, Kind, rows_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report.csv_rows import COLUMNS, FORMULA
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.claims import Claim, claims_of, notes_on


class _Pool:
    """Distinct values, numbered in the order in which they are added."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def __iter__(self) -> Iterable[Hashable]:
        return iter(self._numbers)


def data_of(
    plans: Mapping[str, Plan], fleet_rows: Sequence[FlatRow], conflicts: Iterable[Mapping[str, object]]
) -> dict[str, object]:
    """Return the data in the shape that scripts/data.js reads."""
    groups, profiles = _Pool(), _Pool()
    kinds = {row.kind: number for number, row in enumerate(fleet_rows)}
    hosts = [
        [printable(host), plan["addresses"], profiles.number(_profile(plan, kinds, groups))]
        for host, plan in plans.items()
    ]
    numbers = {host: number for number, host in enumerate(plans)}
    return {
        "csv": {"columns": COLUMNS, "formula": FORMULA},
        "kindFields": Kind._fields,
        "kinds": list(kinds),
        "fleet": [
            [groups.number(row.source_addresses), groups.number(row.destination_addresses)] for row in fleet_rows
        ],
        "hosts": hosts,
        "profiles": list(map(_named, profiles)),
        "groups": list(groups),
        "conflicts": [[numbers.get(host, printable(host)) for host in conflict["hosts"]] for conflict in conflicts],
    }


def _profile(plan: Plan, kinds: Mapping[Kind, int], groups: _Pool) -> tuple[Hashable, ...]:
    """Return all of a plan except the name and the addresses of its host, as a hashable value."""
    own = tuple(plan["addresses"])

    def group(addresses: tuple[str, ...]) -> int | None:
        return None if addresses == own else groups.number(addresses)

    return (
        plan["domain"],
        tuple(plan["roles"]),
        tuple(claims_of(plan)),
        tuple(notes_on(plan)),
        tuple(
            (kinds[row.kind], row.direction, group(row.source_addresses), group(row.destination_addresses))
            for row in rows_of(plan)
        ),
    )


def _named(profile: tuple[Hashable, ...]) -> dict[str, object]:
    domain, roles, claims, notes, rows = profile
    return {
        "domain": domain,
        "roles": roles,
        "claims": [dict(zip(Claim._fields, claim)) for claim in claims],
        "notes": list(map(printable, notes)),
        "rows": rows,
    }
