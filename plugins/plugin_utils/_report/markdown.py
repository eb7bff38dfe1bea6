# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix as Markdown: the reports on a host and on the fleet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.conflict_checks import sentence
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import Addresses, FlatRow
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import (
    bullets,
    document,
    literal,
    section,
    table,
)

# How many addresses of a group are listed; the CSV has all of them.
_MOST_ADDRESSES = 20

_ROWS_HEADER = ("Phase", "Service", "Protocol", "From", "Ports", "To", "Ports", "Initiates", "In the source")


def host_report(plan: Plan, rows: Iterable[FlatRow]) -> str:
    """Return the report on one host: its names, holds, pins, flows and conflicts."""
    return document(
        f"# {literal(plan['host'])}",
        f"Domain {literal(plan['domain'])}. Roles: {_listed(plan['roles'])}. Addresses: {_listed(plan['addresses'])}.",
        *section(
            "Names in the services database",
            bullets(
                f"{entry['name']} {entry['port']}/{entry['protocol']} ({entry['comment']})"
                for entry in plan["services"]
            ),
        ),
        *section("Held ports", bullets(f"{hold['port']}/{hold['protocol']}" for hold in plan["holds"])),
        *section("Pinned daemons", bullets(f"{pin} {port}" for pin, port in plan["pins"].items() if port is not None)),
        *_flow_sections(rows, "Direction"),
        *section("Conflicts", bullets(literal(sentence(plan["host"], conflict)) for conflict in plan["conflicts"])),
    )


def fleet_report(
    plans: Mapping[str, Plan],
    rows: Iterable[FlatRow],
    conflicts: Iterable[Mapping[str, object]],
    hosts_with_role: int,
) -> str:
    """Return the report on the fleet: its hosts, each flow once, and the conflicts."""
    return document(
        "# Port matrix of the fleet",
        f"{'The whole' if len(plans) == hosts_with_role else 'Part of the'} inventory: {len(plans)} of "
        f"{hosts_with_role} hosts with a role. Files in `hosts` about other hosts are from an earlier run.",
        *section(
            "Hosts",
            table(
                ("Host", "Domain", "Roles", "Holds", "Pins", "Flows"),
                [
                    (
                        literal(host),
                        literal(plan["domain"]),
                        _listed(plan["roles"]),
                        _listed(f"{hold['port']}/{hold['protocol']}" for hold in plan["holds"]),
                        _listed(f"{pin} {port}" for pin, port in plan["pins"].items() if port is not None),
                        str(len(plan["flows"])),
                    )
                    for host, plan in plans.items()
                ],
            ),
        ),
        *_flow_sections(rows, "Domain"),
        *section("Conflicts", bullets(literal(conflict["sentence"]) for conflict in conflicts)),
    )


def _flow_sections(rows: Iterable[FlatRow], first_column: str) -> Iterable[str]:
    """Yield the table of flows, and the table of the address groups in it."""
    groups: dict[Addresses, str] = {}
    lines = [
        (
            row.direction or literal(row.kind.domain),
            row.kind.phase,
            row.kind.service,
            row.kind.protocol,
            _end(row.kind.source_role, row.source_addresses, groups),
            row.kind.source_ports,
            _end(row.kind.destination_role, row.destination_addresses, groups),
            row.kind.destination_ports,
            "yes" if row.kind.initiates else "reply",
            row.kind.reference if row.kind.documented else f"no: {row.kind.reason}",
        )
        for row in rows
    ]
    yield from section("Flows", table((first_column, *_ROWS_HEADER), lines))
    named = [(name, join_limited(addresses, _MOST_ADDRESSES)) for addresses, name in groups.items()]
    yield from section("Addresses", table(("Group", "Addresses"), named))


def _end(role: str, addresses: Addresses, groups: dict[Addresses, str]) -> str:
    return f"{role} {groups.setdefault(addresses, f'A{len(groups) + 1}')}"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "none"
