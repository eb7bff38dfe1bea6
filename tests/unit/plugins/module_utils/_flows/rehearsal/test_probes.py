# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packets a rehearsal sends: the edges of each flow, peers that rules name, and others that must fare as before."""

import itertools

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import probes
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import BROADCAST, Probe
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.probes import Planner, management
from ansible_collections.fleet.ports.tests.unit.fakes.network import INTERFACES, OWN, Routes


def flow(direction="in", source=("c", "1024-65535"), destination=("m", "69"), **changes):
    def end(role, *ports, **more):
        return dict({"role": role, "ports": list(ports)}, **more)

    whole = {"id": "tftp", "direction": direction, "protocol": "udp", "initiates": True}
    return dict(dict(whole, source=end(*source), destination=end(*destination)), **changes)


PEERS = {
    "c": ["198.51.100.0/24", "2001:db8:2::/64"],
    "m": ["192.0.2.77"],
    "inner": ["10.1.0.0/16"],
    "unaddressed": ["0.0.0.0/32"],
    "broadcast": ["255.255.255.255/32"],
}


def planned(*flows, **options):
    wanted = opening(list(flows), options.get("peers", PEERS), options.get("interfaces", []))
    planner = Planner(
        wanted,
        options.get("routes", Routes()),
        INTERFACES,
        options.get("named", set()),
        options.get("ports", set()),
    )
    return planner.trials()


def of(trials, name="tftp"):
    return [trial.probe for trial in trials if name in trial.flows]


def others(trials):
    return [trial.probe for trial in trials if not trial.flows and not trial.strays]


def ends(sent):
    return {(probe.source, probe.destination) for probe in sent}


def test_peers_are_the_ends_of_their_networks_in_each_family():
    assert ends(of(planned(flow()))) == {
        ("198.51.100.1", "192.0.2.10"),
        ("198.51.100.254", "192.0.2.10"),
        ("2001:db8:2::1", "2001:db8::10"),
        ("2001:db8:2:0:ffff:ffff:ffff:fffe", "2001:db8::10"),
    }


def test_of_many_networks_the_first_the_middle_and_the_last_have_a_say():
    many = {"c": ["10.9.%d.7" % number for number in range(101)]}
    assert {source for source, _own in ends(of(planned(flow(), peers=many)))} == {"10.9.0.7", "10.9.50.7", "10.9.100.7"}


@pytest.mark.parametrize(
    "network, sources",
    [
        ("0.0.0.0/0", {"1.0.0.1", "126.255.255.254", "128.0.0.1", "223.255.255.254"}),
        ("::/0", {"2000::1", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "fc00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"}),
    ],
)
def test_of_all_addresses_those_are_sent_that_hosts_have(network, sources):
    assert {source for source, _own in ends(of(planned(flow(), peers={"c": [network]})))} == sources


def test_ports_are_the_ends_of_ranges():
    ports = {(probe.source_port, probe.destination_port) for probe in of(planned(flow(destination=("m", "69"))))}
    assert ports == {(1024, 69), (65535, 69)}
    many = flow(destination=("m", "111", "2049", "4045-4046"))
    assert {probe.destination_port for probe in of(planned(many))} >= {111, 4045, 4046}


def test_peers_and_ports_that_rules_name_are_tried():
    sent = of(planned(flow(), named={"198.51.100.7", "198.51.100.64/30", "203.0.113.9"}, ports={1500, 80, 69}))
    assert {probe.source for probe in sent} >= {"198.51.100.7", "198.51.100.64", "198.51.100.67"}
    assert "203.0.113.9" not in {probe.source for probe in sent}
    assert 1500 in {probe.source_port for probe in sent}


def test_ports_that_are_named_within_a_flow_are_not_lost_among_others():
    named = set(range(1, 1000, 10)) | {50000}
    assert 50000 in {probe.source_port for probe in of(planned(flow(), ports=named))}


def test_what_this_host_sends_has_its_own_address_and_no_interface():
    sent = of(planned(flow("out", source=("m", "1-65535"), destination=("inner", "3901"))))
    assert {(probe.hook, probe.source, probe.interface) for probe in sent} == {("output", "10.0.0.1", None)}
    assert {probe.destination for probe in sent} == {"10.1.0.1", "10.1.255.254"}


def test_what_passes_through_arrives_where_its_source_is_and_leaves_for_the_outside():
    sent = of(planned(flow("forward", source=("inner", "1-65535"), destination=("c", "111"))))
    assert {(probe.hook, probe.interface) for probe in sent} == {("forward", 3)}
    # Each end with two others: some of them may be kept apart.
    assert ends(sent) == set(itertools.product(("10.1.0.1", "10.1.255.254"), ("198.51.100.1", "198.51.100.254")))


def test_no_address_of_the_host_is_taken_for_a_peer():
    sent = planned(flow(), peers={"c": ["10.0.0.0/30", "192.0.2.10"]})
    assert not set(OWN) & {peer for trial in sent for peer in trial.peers}


def test_a_peer_without_a_route_may_come_from_anywhere_but_gets_no_answer():
    routes = Routes({"192.0.2.0/24": 2, "10.0.0.0/8": 3})
    assert of(planned(flow(), peers={"c": ["198.51.100.7"]}, routes=routes)) == []
    through = flow("forward", destination=("inner", "69"))
    sent = of(planned(through, peers={"c": ["198.51.100.7"], "inner": ["10.1.0.0/16"]}, routes=routes))
    assert {probe.interface for probe in sent} == {2, 3}


def test_nothing_is_sent_from_an_interface_without_an_address():
    class Unnumbered(Routes):
        def to(self, address):
            return super().to(address)._replace(source=None)

    trials = planned(flow("out", source=("m", "1-65535"), destination=("c", "9")), routes=Unnumbered())
    assert of(trials) == []


def test_a_broadcast_arrives_at_each_interface_with_peers():
    discover = flow(
        source=("unaddressed", "68"), destination=("m", "67"), id="bootp"
    )
    discover["source"]["peers"], discover["destination"]["peers"] = "unaddressed", "broadcast"
    sent = of(planned(discover, flow(), flow(source=("inner", "5"), id="x")), "bootp")
    assert ends(sent) == {("0.0.0.0", BROADCAST)}
    assert {probe.interface for probe in sent} == {2, 3}


def test_strangers_try_what_is_open_and_the_rest():
    sent = [probe for probe in others(planned(flow())) if probe.hook == "input" and ":" not in probe.source]
    tried = {(probe.source, probe.destination_port) for probe in sent}
    for stranger in ("198.18.77.7", "198.51.99.255", "198.51.101.0"):
        assert {port for source, port in tried if source == stranger} >= {69, 22, 47113}


def test_peers_try_what_is_not_open_to_them():
    sent = {probe.destination_port for probe in others(planned(flow(), ports={80})) if probe.source == "198.51.100.1"}
    assert sent == {22, 68, 70, 80, 47113}


def test_at_each_hook_somebody_tries():
    assert {(probe.hook, probe.protocol) for probe in others(planned(flow()))} >= {
        (hook, protocol) for hook in ("input", "output", "forward") for protocol in ("tcp", "udp")
    }


def test_a_packet_that_others_may_send_belongs_to_their_flow():
    inner = flow(id="g", source=("inner", "1-65535"), destination=("m", "1-65535"))
    trials = planned(flow(), inner)
    theirs = [trial for trial in trials if trial.probe.source.startswith("10.1.") and not trial.strays]
    assert all("g" in trial.flows for trial in theirs if trial.probe[:2] == ("input", "udp"))
    both = planned(flow(), flow(id="all", destination=("m", "1-65535")))
    assert ("tftp", "all") in {tuple(sorted(trial.flows, reverse=True)) for trial in both}


def test_a_packet_by_another_interface_strays():
    strays = [trial for trial in planned(flow()) if trial.strays]
    assert strays and all(trial.flows == () and trial.probe.interface == 3 for trial in strays)
    assert {trial.probe.source for trial in strays} >= {"198.51.100.1"}


def test_where_an_interface_is_asked_for_the_others_are_others():
    trials = planned(flow(), interfaces=["eth1"])
    assert of(trials) == []
    assert any(probe.source == "198.51.100.1" and probe.destination_port == 69 for probe in others(trials))
    assert of(planned(flow(), interfaces=["eth0"]))
    through = flow("forward", source=("inner", "1-65535"), destination=("c", "111"))
    assert of(planned(through, interfaces=["eth0"])) == []
    assert of(planned(through, interfaces=["eth0", "eth1"]))


def test_no_packet_is_sent_twice():
    trials = planned(flow(), flow(id="g"), flow(id="h", destination=("m", "69", "70")), named={"198.51.100.1"})
    sent = [trial.probe for trial in trials]
    assert len(sent) == len(set(sent))


def test_packets_are_limited_and_flows_come_first(monkeypatch):
    whole = planned(flow())
    monkeypatch.setattr(probes, "MOST", 5)
    assert planned(flow()) == whole[:5]
    assert all(trial.flows or trial.strays for trial in whole[:5])


def test_named_peers_are_limited(monkeypatch):
    monkeypatch.setattr(probes, "MOST_NAMED_PEERS", 2)
    named = {"198.51.100.%d" % number for number in range(20, 60, 2)}
    assert len({probe.source for probe in of(planned(flow(), named=named)) if "." in probe.source}) == 4


def test_nothing_opened_is_nothing_sent():
    assert Planner(NOTHING, Routes(), INTERFACES, set(), set()).trials() == []


@pytest.mark.parametrize(
    "connection, ends_of_it",
    [
        ("192.0.2.254 40000 192.0.2.10 22", ("192.0.2.254", "192.0.2.10", 22, 2)),
        ("::ffff:192.0.2.254 40000 ::ffff:192.0.2.10 2222", ("192.0.2.254", "192.0.2.10", 2222, 2)),
        ("2001:db8::99 40000 2001:db8::10 22", ("2001:db8::99", "2001:db8::10", 22, 2)),
        ("10.9.9.9 40000 192.0.2.10 22", ("10.9.9.9", "192.0.2.10", 22, 3)),
    ],
)
def test_a_new_connection_to_manage_the_host(connection, ends_of_it):
    client, server, port, interface = ends_of_it
    found = management(connection, Routes())
    assert found == Probe("input", "tcp", client, found.source_port, server, port, interface)
    assert found.source_port != 40000  # it is a new one


@pytest.mark.parametrize(
    "connection",
    [
        "",
        "192.0.2.254 40000 192.0.2.10",
        "192.0.2.10 40000 192.0.2.10 22",  # from the host itself
        "192.0.2.254 40000 203.0.113.9 22",  # an address that the host has no more
        "UNKNOWN 65535 UNKNOWN 65535",
    ],
)
def test_what_is_no_connection_from_outside_is_not_tried(connection):
    class Kernel(Routes):
        def to(self, address):
            if not address[0].isdigit():
                raise OSError("illegal IP address string passed to inet_pton")
            return super().to(address)

    assert management(connection, Kernel()) is None


def test_a_packet_is_of_those_flows_only_that_have_its_port():
    """Flows of adjacent ports are joined to one rule, but a drop of one port stops one of them."""
    first, second = flow(id="first", destination=("m", "69")), flow(id="second", destination=("m", "70"))
    assert {probe.destination_port for probe in of(planned(first, second), "first")} == {69}
    assert {probe.destination_port for probe in of(planned(first, second), "second")} == {70}


def test_a_flow_amid_joined_ones_fares_as_they_do():
    flows = [flow(id=f"to-{port}", destination=("m", str(port))) for port in (69, 70, 71)]
    assert {probe.destination_port for probe in of(planned(*flows), "to-70")} == {69, 71}
    assert {probe.destination_port for probe in of(planned(*flows, ports={70}), "to-70")} == {70}
    assert {probe.destination_port for probe in of(planned(*flows, ports={70}), "to-69")} == {69}
