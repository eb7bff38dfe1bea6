# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said before the first packet: how many there are, how long they take, and what they do not cover."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import packet_samples, passages
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Choice
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Schedule, seconds_to_send
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.station import Station


def lines(schedule: Schedule, choice: Choice) -> list[str]:
    probes = list(schedule.probes)
    if not probes:
        return ["Nothing to prove: no packet is sent.", *schedule.notes]
    seconds = sum(seconds_to_send(batch, schedule.rate) for batch in schedule.batches)
    must_pass = sum(probe["expect"] == packet_samples.PASS for probe in probes)
    return [
        f"{len(probes):,} probes between {_number(len(choice.pairs), 'pair', 'pairs')} of hosts: "
        f"{must_pass:,} must pass, {len(probes) - must_pass:,} must not.",
        f"{_number(len(schedule.batches), 'batch', 'batches')}; {schedule.rate} packets a second and host at most, "
        f"so about {seconds} s of sending. Seed {schedule.seed}.",
        *schedule.notes,
    ]


def notes(
    plans: Mapping[str, Plan],
    stations: Mapping[str, Station],
    choice: Choice,
    phases: Collection[str],
    hosts_with_role: int,
) -> Iterator[str]:
    """Yield what the probes of these phases do not cover."""
    for server, clients, chosen in choice.reduced:
        yield f"{server}: {chosen} of its {clients} clients, drawn by the seed."
    outside = hosts_with_role - len(plans)
    if outside:
        yield (
            f"Left out by --limit or fleet_ports_hosts: {_number(outside, 'host', 'hosts')} with a role, and each pair "
            "with one; to probe certain hosts with all of their pairs, give -e fleet_ports_verify_hosts=HOST,… instead."
        )
    if choice.without_pairs:
        domains = _word(len(choice.without_pairs), "domain", "domains")
        yield f"No two hosts of this run exchange flows in the {domains} {', '.join(choice.without_pairs)}."
    flows = [flow for station in stations.values() for flow in station.plan["flows"] if flow["phase"] in phases]
    without_address = dict.fromkeys(passages.without_address(flows))
    if without_address:
        yield f"Not testable between hosts that have addresses: {', '.join(without_address)}."
    for_a_time = dict.fromkeys(passages.phases_for_a_time(flows))
    if for_a_time:
        yield (
            "Not tried, because open only during a window (nim_firewall_window): NIM's "
            f"{_word(len(for_a_time), 'phase', 'phases')} {', '.join(for_a_time)}."
        )


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {_word(number, one, many)}"


def _word(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
