# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures: probes with the same verdict and reason, grouped into lines by what they have in common.

A broken rule that blocks fifty clients is one line and not fifty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, ItemsView, Iterable, Iterator
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import RELATIONS
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Probe

# The order of the catalog, by flow.
_ORDER = {row.id: number for number, row in enumerate(row for relation in RELATIONS for row in relation.rows)}

# A line has at most so many names, and so many pairs of ports.
MOST_NAMES, _MOST_PORTS = 3, 4

# In place of a flow.
ALL_FLOWS = "all flows"

Names = tuple[str, ...]


class Failure(NamedTuple):
    flows: Names
    senders: Names
    receivers: Names
    packets: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}" if self.why else self.place

    @property
    def hosts(self) -> Names:
        return (*self.senders, *self.receivers)

    @property
    def place(self) -> str:
        flows = ", ".join(self.flows) or "a control packet"
        senders, receivers = (join_limited(names, MOST_NAMES) for names in (self.senders, self.receivers))
        return f"{flows} from {senders} to {receivers} ({self.packets})"


def failures(probes: Iterable[Probe], all_probes: Iterable[Probe]) -> list[Failure]:
    """Group probes of one verdict, in the order of the catalog; ``all_probes`` show which groups are complete."""
    all_of = dict(grouped(all_probes, pair_of))
    pairs_of = defaultdict(list)
    for pair, of_pair in grouped(probes, pair_of):
        for flow, packets, why in _of_pair(of_pair, all_of[pair]):
            pairs_of[flow, packets, why].append(pair)
    flows_of = defaultdict(list)
    for (flow, packets, why), pairs in pairs_of.items():
        for senders, receivers in _merged(pairs):
            flows_of[senders, receivers, packets, why] += [flow] if flow else []
    found = [Failure(tuple(in_order(flows)), *alike) for alike, flows in flows_of.items()]
    return sorted(found, key=lambda failure: [_ORDER.get(flow, -1) for flow in failure.flows])


def in_order(flows: Iterable[str]) -> list[str]:
    """Sort flows in the order of the catalog."""
    return sorted(flows, key=lambda flow: _ORDER.get(flow, 0))


def grouped(items: Iterable, key: Callable[[object], Hashable]) -> ItemsView[Hashable, list]:
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups.items()


def pair_of(probe: Probe) -> tuple[str, str]:
    return probe["from"], probe["to"]


def _of_pair(probes: list[Probe], all_probes: list[Probe]) -> Iterator[tuple[str | None, str, str]]:
    """Yield flow, packets and reason for the probes between two hosts, only once if all of them are alike."""
    of_flows, all_of_flows = _by_flow(probes), _by_flow(all_probes)
    reasons = {probe["why"] for probe in probes}
    if len(probes) == len(all_probes) and len(of_flows) > 1 and len(reasons) == 1:
        yield ALL_FLOWS, f"{len(of_flows)} flows", reasons.pop()
        return
    for flow, of_flow in of_flows.items():
        yield flow, _packets(of_flow, len(of_flow) == len(all_of_flows[flow])), of_flow[0]["why"]


def _by_flow(probes: Iterable[Probe]) -> dict[str | None, list[Probe]]:
    """Group by flow; controls, which belong to no flow, by None."""
    found = defaultdict(list)
    for probe in probes:
        for flow in probe["flows"] or (None,):
            found[flow].append(probe)
    return found


def _packets(probes: list[Probe], are_all: bool) -> str:
    """Describe packets by their ports: as ranges if they are all of the flow, else one by one."""
    protocol = probes[0]["protocol"]
    if are_all:
        return f"{protocol}, {_span(probes, 'source_port')} to {_span(probes, 'destination_port')}"
    ports = list(dict.fromkeys(f"{probe['source_port']} to {probe['destination_port']}" for probe in probes))
    return f"{protocol}, only {join_limited(ports, _MOST_PORTS)}"


def _span(probes: list[Probe], end: str) -> str:
    first, last = min(probe[end] for probe in probes), max(probe[end] for probe in probes)
    return str(first) if first == last else f"{first}-{last}"


def _merged(pairs: list[tuple[str, str]]) -> Iterator[tuple[Names, Names]]:
    """Yield senders and receivers that have all their pairs in common, grouped by the side with fewer hosts."""
    side = 0 if len({sender for sender, _receiver in pairs}) <= len({receiver for _sender, receiver in pairs}) else 1
    others = defaultdict(list)
    for pair in pairs:
        others[pair[side]].append(pair[1 - side])
    for peers, hosts in grouped(others, lambda host: tuple(others[host])):
        yield (tuple(hosts), peers) if side == 0 else (peers, tuple(hosts))
