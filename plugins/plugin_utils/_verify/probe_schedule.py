# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schedule of a proof: all its probes, in batches, and what no probe can prove."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import Sample, Sampler, Unprovable
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Pair
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.settings import WHERE, ProbeOptions
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.station import Station, ways

VERSION = 1

# What flow_probe takes in one execution.
MOST_PROBES = 20_000

# How long a listener may live: flow_probe's limit, and what a run takes at worst.
_MOST_SECONDS = 900
_SECONDS_BESIDE, _SECONDS_A_HOST, _PACKETS_A_PROBE = 60, 6, 4

Probe = dict[str, object]


@dataclass
class Schedule:
    seed: str
    rate: int
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    version: int = VERSION
    # Each a list of probes.
    batches: list[list[Probe]] = field(default_factory=list)
    # Flows of two hosts that no probe proves, each with from, to, flows and why.
    unprovable: list[dict[str, object]] = field(default_factory=list)
    # What a reader has to know about the whole, in sentences.
    notes: list[str] = field(default_factory=list)
    # Domain -> its gateways; host -> its domain.
    gateways: dict[str, list[str]] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        return asdict(self)

    @property
    def probes(self) -> Iterator[Probe]:
        return (probe for batch in self.batches for probe in batch)


def schedule(pairs: Iterable[Pair], stations: Mapping[str, Station], options: ProbeOptions) -> Schedule:
    """Draw the probes of all pairs, and put them into batches of so many clients."""
    found = Schedule(options.seed, options.rate)
    probes_of = defaultdict(list)
    for pair in pairs:
        samples, unprovable = _between(*(stations[name] for name in sorted(pair.hosts)), options)
        probes_of[pair.client] += samples
        found.unprovable += map(_unproved, unprovable)
    found.batches = [
        [_probe(number, sample) for number, sample in enumerate(samples, 1)]
        for samples in _batches(probes_of.values(), options.batch)
    ]
    return found


def hosts_of(batch: Iterable[Probe]) -> list[str]:
    """Return who sends or receives in a batch."""
    return list(dict.fromkeys(probe[end] for probe in batch for end in ("from", "to")))


def seconds_to_send(batch: Iterable[Probe], rate: int) -> int:
    """Return how long the busiest host of a batch sends."""
    sent = Counter(probe["from"] for probe in batch)
    return -(-max(sent.values()) // rate)


def seconds_to_listen(batch: list[Probe], rate: int) -> int:
    """Return after which time the listeners of a batch end, if nobody ends them: far more than a run takes."""
    hosts = hosts_of(batch)
    needed = _SECONDS_BESIDE + _SECONDS_A_HOST * len(hosts) + _PACKETS_A_PROBE * seconds_to_send(batch, rate)
    return min(needed, _MOST_SECONDS)


def _between(one: Station, other: Station, options: ProbeOptions) -> tuple[list[Sample], list[Unprovable]]:
    """Return what is to be sent between two hosts, in the order of their names."""
    nameless = [station.name for station in (one, other) if not station.addresses]
    if nameless:
        why = f"{' and '.join(nameless)} has no single address, only networks; set ansible_host to an address in them"
        return [], [Unprovable(one.name, other.name, (), why)]
    there = ways(one, other)
    if not there:
        return [], [Unprovable(one.name, other.name, (), "they have no family of addresses in common, IPv4 or IPv6")]
    sampler = Sampler(options.sample, options.phases, options.seed)
    return sampler.samples(one, other, there), sampler.unprovable


def _batches(samples_of_clients: Iterable[list[Sample]], most_clients: int) -> Iterator[list[Sample]]:
    """Yield the samples of so many clients, of fewer if a host would have more than it can take at once."""
    batch: list[Sample] = []
    load: Counter[str] = Counter()
    clients = 0
    for samples in samples_of_clients:
        more = Counter(name for sample in samples for name in (sample.sender, sample.receiver))
        if more and max(more.values()) > MOST_PROBES:
            host, number = more.most_common(1)[0]
            raise MatrixError(f"{WHERE}: {host} would have {number} probes at once; set sample to a smaller number.")
        if batch and (clients == most_clients or max((load + more).values()) > MOST_PROBES):
            yield batch
            batch, load, clients = [], Counter(), 0
        batch += samples
        load += more
        clients += 1 if samples else 0
    if batch:
        yield batch


def _probe(number: int, sample: Sample) -> Probe:
    packet = sample.packet
    return {
        "id": number,
        "flows": list(sample.flows),
        "expect": sample.expect,
        "from": sample.sender,
        "to": sample.receiver,
        "protocol": packet.protocol,
        "source_address": packet.source[0],
        "source_port": packet.source[1],
        "destination_address": packet.destination[0],
        "destination_port": packet.destination[1],
    }


def _unproved(found: Unprovable) -> dict[str, object]:
    return {"from": found.sender, "to": found.receiver, "flows": list(found.flows), "why": found.why}
