# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for an opening, loaded into the simulated kernel, pass what the flows say and drop what lies beside."""

import itertools

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.aix_rules import rules
from ansible_collections.fleet.ports.tests.lab.aix import packets
from ansible_collections.fleet.ports.tests.lab.aix.host import Host

PEERS = {
    "nim_client": ["10.0.1.0/24", "10.0.2.0/24", "2001:db8:2::/64"],
    "nim_client/rsh": ["10.0.1.7"],
    "nim_resource_server": ["10.0.1.200", "2001:db8:2::200"],
    "nim_master": ["192.0.2.10"],
    "unaddressed": ["0.0.0.0/32"],
    "broadcast": ["255.255.255.255/32"],
}

# An address of each group, and one of nobody.
SOMEONE = {"nim_client": "10.0.2.9", "nim_client/rsh": "10.0.1.7", "nim_resource_server": "10.0.1.200",
           "nim_master": "192.0.2.10", "unaddressed": "0.0.0.0", "broadcast": "255.255.255.255"}  # fmt: skip
STRANGER = "172.16.0.1"
HERE = "192.0.2.1"
WAYS = {"in": "inbound", "out": "outbound"}


def end(role, *ports, **more):
    return dict(role=role, ports=list(ports), **more)


def flow(direction, protocol, source, destination, initiates=True):
    name = f"{source['role']} {','.join(source['ports'])} to {','.join(destination['ports'])}"
    return dict(
        id=name, direction=direction, protocol=protocol, source=source, destination=destination, initiates=initiates
    )


MASTER = "nim_master"
FLOWS = [
    flow("in", "udp", end("nim_client", "68", peers="unaddressed"), end(MASTER, "67", peers="broadcast")),
    flow("in", "udp", end("nim_client", "68"), end(MASTER, "67")),
    flow("in", "udp", end("nim_client", "1024-65535"), end(MASTER, "69", "32768-65535")),
    flow("in", "tcp", end("nim_client", "513-1023"), end(MASTER, "1058", "1059", "513-1023")),
    flow("in", "tcp", end("nim_client", "3901"), end(MASTER, "513-1023"), initiates=False),
    flow("in", "tcp", end("nim_client", "3902"), end(MASTER, "513-1023")),
    flow("in", "tcp", end("nim_client", "512-1023", "32768-65535"), end(MASTER, "111", "2049", "20048", "4045")),
    flow("in", "tcp", end("nim_client", "514", peers="nim_client/rsh"), end(MASTER, "512-1023"), initiates=False),
    flow("in", "tcp", end("nim_resource_server", "111", "2049"), end(MASTER, "1-65535"), initiates=False),
    flow("out", "tcp", end(MASTER, "513-1023"), end("nim_client", "3901")),
    flow("out", "udp", end(MASTER, "67"), end("nim_client", "68")),
]


def opening(flows, interfaces=()):
    return flow_rules.opening(flows, PEERS, interfaces)


def loaded(folder, wanted, family=4):
    """A host whose only rules are those of the opening, with a default that denies."""
    host = Host.install(folder)
    host.run(["mkdev", "-c", "ipsec", "-t", str(family)])
    for rule in rules(wanted)[family]:
        done = host.run(genfilt.insert(family, rule))
        assert done.code == 0, done
    assert host.run(["mkfilt", f"-v{family}", "-u", "-z", "D"]).code == 0
    return host


def ranges(flow_end):
    return [tuple(map(int, (text if "-" in text else f"{text}-{text}").split("-"))) for text in flow_end["ports"]]


def edges(flow_ends):
    """Ports at, beside and within the ends of ranges."""
    found = set()
    for first, last in itertools.chain.from_iterable(map(ranges, flow_ends)):
        found.update((first - 1, first, (first + last) // 2, last, last + 1))
    return sorted(port for port in found if 1 <= port <= 65535)


def groups(flow_end):
    """The groups whose member sends or receives: clients are the rsh clients too."""
    group = flow_end.get("peers", flow_end["role"])
    return {"nim_client": ("nim_client", "nim_client/rsh", "nim_resource_server")}.get(group, (group,))


def is_wanted(asked, someone, source, destination, has_ack):
    remote = asked["source" if asked["direction"] == "in" else "destination"]
    return (
        any(SOMEONE[group] == someone for group in groups(remote))
        and (has_ack or asked["initiates"] or asked["protocol"] == "udp")
        and any(first <= source <= last for first, last in ranges(asked["source"]))
        and any(first <= destination <= last for first, last in ranges(asked["destination"]))
    )


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_just_the_flows_pass_at_every_edge(tmp_path, direction, protocol):
    host = loaded(tmp_path, opening(FLOWS))
    state = host.store.read()
    flows = [each for each in FLOWS if (each["direction"], each["protocol"]) == (direction, protocol)]
    unicast = [each for each in flows if "peers" not in each["destination"]]
    for someone in ("10.0.2.9", "10.0.1.7", "10.0.1.200", STRANGER):
        source, destination = (someone, HERE) if direction == "in" else (HERE, someone)
        for ports in itertools.product(
            edges(each["source"] for each in flows), edges(each["destination"] for each in flows)
        ):
            for has_ack in (False, True):
                packet = Packet(WAYS[direction], source, destination, protocol, ports, has_ack)
                assert packet.passes(state) == any(is_wanted(each, someone, *ports, has_ack) for each in unicast), (
                    packet
                )


class Packet:
    """A packet that can be asked about, and that says in a failed test what it was."""

    def __init__(self, way, source, destination, protocol, ports, has_ack):
        self.words = (way, source, destination, protocol) + tuple(ports)
        self.has_ack = has_ack

    def __repr__(self):
        return f"{self.words} ack={self.has_ack}"

    def passes(self, state):
        return packets.passes(state, packets.packet(*self.words, ack=self.has_ack))


def test_a_broadcast_comes_from_no_address_to_all(tmp_path):
    host = loaded(tmp_path, opening(FLOWS))
    assert host.passes("inbound", "0.0.0.0", "255.255.255.255", "udp", 68, 67)
    assert not host.passes("inbound", "0.0.0.0", HERE, "udp", 68, 67)
    assert not host.passes("inbound", STRANGER, "255.255.255.255", "udp", 68, 67)


def test_ipv6_peers_are_served_by_ipv6_rules(tmp_path):
    host = loaded(tmp_path, opening(FLOWS), family=6)
    assert host.passes("inbound", "2001:db8:2::77", "2001:db8:1::10", "tcp", 1023, 1058)
    assert not host.passes("inbound", "2001:db8:2::77", "2001:db8:1::10", "tcp", 1024, 1058)
    assert not host.passes("inbound", "2001:db8:3::77", "2001:db8:1::10", "tcp", 1023, 1058)


def test_flows_are_open_on_their_interfaces_only(tmp_path):
    host = loaded(tmp_path, opening(FLOWS, interfaces=("en1", "en2")))
    for interface, is_open in (("en0", False), ("en1", True), ("en2", True)):
        assert host.passes("inbound", "10.0.1.1", HERE, "tcp", 513, 1059, interface=interface) == is_open


def test_what_is_forwarded_passes_both_ways_through_the_host_and_not_to_it(tmp_path):
    passing = flow("forward", "tcp", end("nim_client", "513-1023"), end(MASTER, "1058"))
    host = loaded(tmp_path, opening([passing]))
    for way in ("inbound", "outbound"):
        assert host.passes(way, "10.0.1.1", "192.0.2.10", "tcp", 1023, 1058, routed=True)
        assert not host.passes(way, "10.0.1.1", "192.0.2.10", "tcp", 1023, 1058)
        assert not host.passes(way, "192.0.2.10", "10.0.1.1", "tcp", 1058, 1023, routed=True)


def test_source_routed_packets_are_never_meant(tmp_path):
    host = loaded(tmp_path, opening(FLOWS))
    assert not host.passes("inbound", "10.0.1.1", HERE, "udp", 68, 67, source_routed=True)


def test_two_networks_take_twice_the_rules_of_one():
    reserved = [flow("in", "tcp", end("nim_client", "513-1023"), end(MASTER, "1058"))]
    assert {family: len(found) for family, found in rules(opening(reserved)).items()} == {4: 4, 6: 2}


def test_what_is_open_for_a_time_expires_unless_it_shares_a_cell_with_what_lasts():
    """TCP rules of the client hold for flows without an end, too; of UDP there are none such."""
    clients = end("nim_client", "513-1023")
    for_a_time = end("nim_client", "1024-65535", peers="window")
    flows = [flow("in", "tcp", clients, end(MASTER, "1058")),
             flow("in", "tcp", for_a_time, end(MASTER, "2049")),
             flow("in", "udp", for_a_time, end(MASTER, "69"))]  # fmt: skip
    peers = dict(PEERS, window=["10.0.1.9", "10.9.9.9"])
    found = rules(flow_rules.opening(flows, peers, (), {"window": (1000, 1600)}))[4]
    assert {(rule.protocol, rule.source, rule.expiration) for rule in found} == {
        ("tcp", "10.0.1.0", "0"), ("tcp", "10.0.2.0", "0"), ("tcp", "10.0.1.9", "0"), ("tcp", "10.9.9.9", "600"),
        ("udp", "10.0.1.9", "600"), ("udp", "10.9.9.9", "600"),
    }  # fmt: skip


def test_what_has_expired_leaves_no_more_open_than_before(tmp_path):
    """A cell of a window lies in front of wider ones, which hold when its rules are gone."""
    flows = [flow("in", "udp", end("nim_client", "68"), end(MASTER, "67")),
             flow("in", "udp", end("nim_client", "1024-65535", peers="window"), end(MASTER, "69"))]  # fmt: skip
    peers = dict(PEERS, window=["10.9.9.9"])
    host = loaded(tmp_path, flow_rules.opening(flows, peers, (), {"window": (1000, 1600)}))
    state = host.store.read()
    tftp = packets.packet("inbound", "10.9.9.9", HERE, "udp", 40000, 69)
    bootp = packets.packet("inbound", "10.0.1.9", HERE, "udp", 68, 67)
    assert packets.passes(state, tftp) and packets.passes(state, bootp)
    state["filters"]["4"]["active"]["since"] -= 600 * state["unknowns"]["seconds_of_expiration_unit"] + 1
    assert not packets.passes(state, tftp) and packets.passes(state, bootp)
