# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples: small inventories in the documents, and the rows of the matrix that they give.

Before an inventory stands a comment with the example's name, ``<!-- example: push -->``. Where rows are to stand, there
is a comment ``<!-- rows -->``, which may say which ones: ``rows of HOST`` are those of one host's plan, ``rows in
PHASE`` those of one phase, ``rows new since EXAMPLE`` and ``rows gone since EXAMPLE`` those that differ. The table that
follows is computed. Only flows that begin a conversation are shown, each as a firewall's rule would be.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import variable_reader
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow, rows_of, rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import table

_EXAMPLE = re.compile(r"<!-- example: (?P<example>\S+) -->\n\n```yaml\n(?P<inventory>.*?)```", re.DOTALL)
_ROWS = re.compile(
    r"(?P<comment><!-- rows(?: of (?P<host>\S+))?(?: in (?P<phase>\S+))?"
    r"(?: (?P<side>new|gone) since (?P<other>\S+))? -->)"
    r"\n+(?:(?P<rows>(?:\|.*\n)+)|No row\.\n)?\n*"
)
HEADER = ("Phase", "Service", "From", "Ports", "To", "Ports", "Protocol", "In the source")
_NOBODY = {"0.0.0.0/32": "no address yet", "255.255.255.255/32": "broadcast"}


class Rule(NamedTuple):
    """The rule of a firewall for a service."""

    phase: str
    source: str
    source_ports: str
    destination: str
    protocol: str
    documented: str
    service: str
    destination_ports: str

    @property
    def but_for_service(self) -> tuple[str, ...]:
        """What services on the same line of a table have in common."""
        return self[:-2]


class Example:
    """An inventory, and the plans of its hosts."""

    def __init__(self, text: str) -> None:
        loader = DataLoader()
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            inventory = InventoryManager(loader=loader, sources=[file.name])
        manager = VariableManager(loader=loader, inventory=inventory)
        groups = inventory.get_groups_dict()
        hosts = groups["all"]

        def variables(host: str) -> Mapping[str, object]:
            return manager.get_vars(host=inventory.get_host(host), include_hostvars=False)

        role_groups = variable_reader.role_groups(variables(hosts[0]), hosts[0])
        fleet = Fleet(groups, role_groups, variables, Request({"on_conflict": "report"}))
        self._plans = fleet.plans(hosts)
        self._names = _NOBODY | {_network(address): host for host in hosts for address in fleet.addresses(host)}

    def rules(self, host: str | None, phase: str | None) -> list[Rule]:
        """Return the flows of a host or of the fleet that initiate a connection."""
        rows = rows_of_fleet(self._plans.values()) if host is None else rows_of(self._plans[host])
        return [self._rule(row) for row in rows if row.kind.initiates and phase in (None, row.kind.phase)]

    def _rule(self, row: FlatRow) -> Rule:
        kind = row.kind
        return Rule(
            phase=kind.phase,
            source=self._whose(row.source_addresses),
            source_ports=kind.source_ports.replace(" ", ", "),
            destination=self._whose(row.destination_addresses),
            protocol=kind.protocol,
            documented="yes" if kind.documented else "no",
            service=kind.service,
            destination_ports=kind.destination_ports.replace(" ", ", "),
        )

    def _whose(self, addresses: Iterable[str]) -> str:
        return _each(self._names.get(address, address) for address in addresses)


def examples(text: str) -> dict[str, Example]:
    """Return the examples of a document."""
    return {match["example"]: Example(match["inventory"]) for match in _EXAMPLE.finditer(text)}


def tables(text: str) -> Iterator[re.Match]:
    """Yield the computed tables of a document; a table without rows is omitted."""
    return (match for match in _ROWS.finditer(text) if match["rows"])


def computed(text: str) -> str:
    """Return the document with recomputed rows."""
    of_name = examples(text)
    starts = {match.start(): match["example"] for match in _EXAMPLE.finditer(text)}

    def rows(match: re.Match) -> str:
        above = starts[max(start for start in starts if start < match.start())]
        rules = of_name[above].rules(match["host"], match["phase"])
        if match["other"]:
            others = of_name[match["other"]].rules(match["host"], match["phase"])
            kept, left = (rules, others) if match["side"] == "new" else (others, rules)
            rules = [rule for rule in kept if rule not in left]
        return f"{match['comment']}\n\n{table(HEADER, _lines(rules)) or 'No row.'}\n\n"

    return _ROWS.sub(rows, text).rstrip("\n") + "\n"


def _lines(rules: Iterable[Rule]) -> list[tuple[str, ...]]:
    """Return the lines of a table; rules that differ only in their services are one line."""
    merged: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        merged.setdefault(rule.but_for_service, []).append(rule)
    return [
        (phase, _each(rule.service for rule in same), source, source_ports, destination,
         _each(rule.destination_ports for rule in same), protocol, documented)
        for (phase, source, source_ports, destination, protocol, documented), same in merged.items()
    ]  # fmt: skip


def _each(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _network(address: str) -> str:
    """Return an address in the form of plans."""
    return address if "/" in address else f"{address}/32"
