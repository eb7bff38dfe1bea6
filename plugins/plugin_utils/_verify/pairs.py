# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairs: which hosts exchange flows, and which of these pairs are tested."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import RELATIONS
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

_OWN_END = {"in": ("destination", "source"), "out": ("source", "destination")}


@dataclass(frozen=True)
class Pair:
    server: str
    client: str

    @property
    def hosts(self) -> tuple[str, str]:
        return self.server, self.client


@dataclass(frozen=True)
class Choice:
    """The pairs to test, and what was left out."""

    pairs: list[Pair]
    # The servers of which not every client is in a pair: (server, number of clients, number of chosen clients).
    reduced: list[tuple[str, int, int]]
    # Tested domains in which no two hosts exchange flows.
    without_pairs: list[str]


def choose(plans: Mapping[str, Plan], involving: Collection[str], most_clients: int, seed: str) -> Choice:
    """Choose the pairs that involve one of these hosts, all if there are none; at most so many for each server.

    Whether a client is chosen depends on the seed and its name alone. So several servers are tested with the same
    clients, and a new host in the inventory does not change the choice of the others.
    """
    clients_of: dict[str, dict[str, None]] = defaultdict(dict)
    without_pairs = dict.fromkeys(plan["domain"] for host, plan in plans.items() if not involving or host in involving)
    for pair in _pairs(plans):
        without_pairs.pop(plans[pair.server]["domain"], None)
        # Two hosts may have several relations, and either may be the server of one.
        if pair.server not in clients_of[pair.client] and (not involving or not set(pair.hosts).isdisjoint(involving)):
            clients_of[pair.server][pair.client] = None
    pairs, reduced = [], []
    for server, clients in clients_of.items():
        drawn = sorted(clients, key=lambda client: random.Random(f"{seed} {client}").random())
        chosen = set(drawn[:most_clients])
        pairs += (Pair(server, client) for client in clients if client in chosen)
        if len(chosen) < len(clients):
            reduced.append((server, len(clients), len(chosen)))
    return Choice(pairs, reduced, list(without_pairs))


def gateways(plans: Iterable[Plan]) -> dict[str, list[str]]:
    """Return the hosts of each domain that forward flows."""
    found = defaultdict(list)
    for plan in plans:
        if any(flow["direction"] == "forward" for flow in plan["flows"]):
            found[plan["domain"]].append(plan["host"])
    return dict(found)


def _pairs(plans: Mapping[str, Plan]) -> Iterator[Pair]:
    """Yield the pairs of each relation, server by server; the same two hosts once for each relation."""
    members: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for name, plan in plans.items():
        for own_role, other_role in _roles_in_use(plan):
            members[plan["domain"], own_role, other_role][name] = None
    for domain in dict.fromkeys(plan["domain"] for plan in plans.values()):
        for relation in RELATIONS:
            for server in members.get((domain, relation.server, relation.client), ()):
                for client in members.get((domain, relation.client, relation.server), ()):
                    if client != server:
                        yield Pair(server, client)


def _roles_in_use(plan: Plan) -> Iterable[tuple[str, str]]:
    """The host's own role and its peer's, for each flow that the host sends or receives."""
    return dict.fromkeys(
        tuple(flow[end]["role"] for end in _OWN_END[flow["direction"]])
        for flow in plan["flows"]
        if flow["direction"] in _OWN_END
    )
