# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The announcement before the first packet: how many probes there are, how long they take, what they do not cover."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import packet_samples, permitted_paths
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Choice
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule, seconds_to_send


def lines(schedule: Schedule, choice: Choice, wait: int) -> list[str]:
    """Return the announcement; ``wait`` is in seconds, before the first packet."""
    probes = list(schedule.probes)
    if not probes:
        return ["Nothing to verify: no packet is sent.", *schedule.notes]
    seconds = sum(seconds_to_send(batch, schedule.rate) for batch in schedule.batches)
    allowed = sum(probe["expect"] == packet_samples.PASS for probe in probes)
    return [
        f"{len(probes):,} probes between {_number(len(choice.pairs), 'pair', 'pairs')} of hosts: "
        f"{allowed:,} of allowed traffic, {len(probes) - allowed:,} of forbidden traffic.",
        f"{_number(len(schedule.batches), 'batch', 'batches')}, at most {schedule.rate} packets a second from each "
        f"host: about {seconds} s of sending. Seed {schedule.seed}.",
        *([f"{wait} s of waiting first: packet filters may remember the packets of the last run."] if wait else []),
        *schedule.notes,
    ]


def notes(
    plans: Mapping[str, Plan],
    endpoints: Mapping[str, Endpoint],
    choice: Choice,
    phases: Collection[str],
    hosts_with_role: int,
) -> Iterator[str]:
    """Yield what the probes of these phases do not cover."""
    for server, clients, chosen in choice.reduced:
        yield f"{server}: {chosen} of its {clients} clients are tested, chosen by the seed."
    outside = hosts_with_role - len(plans)
    if outside:
        yield (
            f"--limit or fleet_ports_hosts excludes {_number(outside, 'host', 'hosts')} with a role, and all pairs "
            "with them. To test certain hosts with all of their pairs, use -e fleet_ports_verify_hosts=HOST,… instead."
        )
    if choice.without_pairs:
        domains = _word(len(choice.without_pairs), "domain", "domains")
        yield f"No two hosts of this run exchange flows in the {domains} {', '.join(choice.without_pairs)}."
    flows = [flow for endpoint in endpoints.values() for flow in endpoint.plan["flows"] if flow["phase"] in phases]
    without_address = dict.fromkeys(permitted_paths.without_address(flows))
    if without_address:
        yield f"Flows of hosts without an address are not tested: {', '.join(without_address)}."
    in_windows = dict.fromkeys(permitted_paths.phases_in_windows(flows))
    if in_windows:
        yield (
            "Flows that are open only during a window (nim_firewall_window) are not tested: "
            f"{_word(len(in_windows), 'phase', 'phases')} {', '.join(in_windows)}."
        )


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {_word(number, one, many)}"


def _word(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
