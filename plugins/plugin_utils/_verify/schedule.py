# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schedule of a verification: all probes, in batches, and the flows that no probe can test."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint, ways
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.options import WHERE, ProbeOptions
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import Sample, Sampler, Untestable
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.pairs import Pair

VERSION = 1

# The limits of flow_probe: probes in one execution, and seconds for which a listener runs.
MAX_PROBES = 20_000
MAX_LISTENER_SECONDS = 900

# The longest that a batch takes: besides its hosts, for each of its hosts, and packets for each probe.
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
    # Flows between two hosts that no probe can test, each with from, to, flows and why.
    untestable: list[dict[str, object]] = field(default_factory=list)
    # What the schedule does not cover, in sentences.
    notes: list[str] = field(default_factory=list)
    # Domain -> its gateways; host -> its domain.
    gateways: dict[str, list[str]] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        return asdict(self)

    @property
    def probes(self) -> Iterator[Probe]:
        return (probe for batch in self.batches for probe in batch)


def draw(pairs: Iterable[Pair], endpoints: Mapping[str, Endpoint], options: ProbeOptions) -> Schedule:
    """Draw the probes of all pairs, and put them into batches of ``batch_size`` clients."""
    found = Schedule(options.seed, options.rate)
    probes_of = defaultdict(list)
    for pair in pairs:
        samples, untestable = _between(*(endpoints[name] for name in sorted(pair.hosts)), options)
        probes_of[pair.client] += samples
        found.untestable += map(_untestable_flows, untestable)
    found.batches = [
        [_probe(number, sample) for number, sample in enumerate(samples, 1)]
        for samples in _batches(probes_of.values(), options.batch_size)
    ]
    return found


def hosts_of(batch: Iterable[Probe]) -> list[str]:
    """Return the hosts that send or receive in a batch."""
    return list(dict.fromkeys(probe[end] for probe in batch for end in ("from", "to")))


def seconds_to_send(batch: Iterable[Probe], rate: int) -> int:
    """Return for how many seconds the busiest host of a batch sends."""
    sent = Counter(probe["from"] for probe in batch)
    return -(-max(sent.values()) // rate)


def seconds_to_listen(batch: list[Probe], rate: int) -> int:
    """Return after how many seconds the listeners of a batch end by themselves: far more than a batch takes."""
    hosts = hosts_of(batch)
    needed = _SECONDS_BESIDE + _SECONDS_A_HOST * len(hosts) + _PACKETS_A_PROBE * seconds_to_send(batch, rate)
    return min(needed, MAX_LISTENER_SECONDS)


def _between(one: Endpoint, other: Endpoint, options: ProbeOptions) -> tuple[list[Sample], list[Untestable]]:
    """Return the samples between two hosts, in the order of their names."""
    without_address = [endpoint.name for endpoint in (one, other) if not endpoint.addresses]
    if without_address:
        why = f"{' and '.join(without_address)}: only networks are known; set ansible_host to an address in them"
        return [], [Untestable(one.name, other.name, (), why)]
    there = ways(one, other)
    if not there:
        return [], [Untestable(one.name, other.name, (), "the hosts have no address family in common, IPv4 or IPv6")]
    sampler = Sampler(options.sample, options.phases, options.seed)
    return sampler.samples(one, other, there), sampler.untestable


def _batches(samples_of_clients: Iterable[list[Sample]], most_clients: int) -> Iterator[list[Sample]]:
    """Yield the samples of so many clients, of fewer if a host would exceed the limit of flow_probe."""
    batch: list[Sample] = []
    load: Counter[str] = Counter()
    clients = 0
    for samples in samples_of_clients:
        more = Counter(name for sample in samples for name in (sample.sender, sample.receiver))
        if more and max(more.values()) > MAX_PROBES:
            host, number = more.most_common(1)[0]
            raise MatrixError(
                f"{WHERE}: {host} would have {number} probes in one batch, but at most {MAX_PROBES} are allowed;"
                " decrease sample."
            )
        if batch and (clients == most_clients or max((load + more).values()) > MAX_PROBES):
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


def _untestable_flows(found: Untestable) -> dict[str, object]:
    return {"from": found.sender, "to": found.receiver, "flows": list(found.flows), "why": found.why}
