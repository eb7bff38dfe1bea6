# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets on the copy of a small host: which of them pass, with the kernel's own rules."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import host_network, packets, sandbox
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.packets import Probe
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.wire import Wire
from ansible_collections.fleet.ports.tests.unit.fakes import small_host

ETH0, ETH1 = "eth0", "eth1"
PROBES = [
    Probe("input", "udp", "198.51.100.7", 1024, "192.0.2.10", 69, ETH0),
    Probe("input", "tcp", "198.51.100.7", 1024, "192.0.2.10", 22, ETH0),
    Probe("input", "tcp", "2001:db8:2::7", 1024, "2001:db8::10", 22, ETH0),
    Probe("input", "udp", "2001:db8:2::7", 1024, "2001:db8::10", 69, ETH0),
    Probe("input", "udp", "0.0.0.0", 68, "255.255.255.255", 67, ETH0),
    Probe("input", "udp", "192.0.2.7", 1024, "192.0.2.255", 69, ETH0),
    Probe("output", "udp", "192.0.2.10", 69, "198.51.100.7", 1024, None),
    Probe("output", "tcp", "2001:db8::10", 1024, "2001:db8:2::7", 3901, None),
    Probe("output", "udp", "192.0.2.10", 67, "192.0.2.255", 68, None),
    Probe("output", "tcp", "10.0.0.1", 1024, "203.0.113.7", 3901, None),
    Probe("forward", "tcp", "10.1.0.7", 1024, "198.51.100.7", 111, ETH1),
    Probe("forward", "udp", "198.51.100.7", 1024, "10.1.0.7", 111, ETH0),
]
ALL = set(range(1, len(PROBES) + 1))


def passed(rules="", probes=tuple(PROBES), commands=(), **options):
    """Return the numbers of the probes that pass these rules."""
    small_host.require("nft")

    def send():
        network = host_network.read()

        def on_the_copy():
            host_network.copy(network)
            assert small_host.run([small_host.find("nft"), "-f", "-"], rules)[0] == 0
            wire = Wire(network)
            index = {link.name: link.index for link in network.links}
            sent = {
                number: probe._replace(interface=index.get(probe.interface)) for number, probe in enumerate(probes, 1)
            }
            found = [sorted(wire.passed(sent, **options)) for _time in range(2)]
            wire.close()
            return found

        return sandbox.inside(on_the_copy)

    once, again = small_host.inside(send, commands=commands)
    assert once == again  # what is forgotten of the first time does not help the second
    return set(once)


def rules(hook, *lines):
    return "table inet t {\n chain c {\n type filter hook %s priority 0\n %s\n }\n}\n" % (hook, "\n ".join(lines))


def test_where_nothing_is_filtered_all_pass():
    assert passed() == ALL


def test_packets_to_be_traced_pass_as_others_do():
    assert passed(ttl=packets.TRACED) == ALL


@pytest.mark.parametrize(
    "hook, line, dropped",
    [
        ("input", "udp dport 69 drop", {1, 4, 6}),
        ("input", "meta nfproto ipv6 drop", {3, 4}),
        ("input", "tcp dport 22 reject with tcp reset", {2, 3}),
        ("input", "udp dport 67 drop", {5}),
        ("output", "oifname eth1 drop", {10}),
        ("output", "udp sport 67 drop", {9}),
        ("output", "meta l4proto tcp reject", {8, 10}),
        ("forward", "iifname eth1 oifname eth0 drop", {11}),
        ("forward", "ct state new drop", {11, 12}),
        ("prerouting", "ip saddr 198.51.100.7 drop", {1, 2, 12}),
        ("postrouting", "ip daddr 198.51.100.7 drop", {7, 11}),
    ],
)
def test_what_is_dropped_does_not_pass(hook, line, dropped):
    assert passed(rules(hook, line)) == ALL - dropped


def test_what_is_redirected_arrives_all_the_same():
    nat = "table ip n {\n chain c {\n type nat hook prerouting priority -100\n udp dport 69 redirect to :70\n }\n}\n"
    assert passed(nat + rules("input", "udp dport 69 meta nfproto ipv4 drop")) == ALL


def test_a_conversation_is_not_remembered():
    """A new packet between the same ends is a new one: it is not let pass for the sake of the first."""
    assert passed(rules("input", "ct state established accept", "udp dport 69 drop")) == ALL - {1, 4, 6}


def test_many_packets_are_counted_one_by_one():
    many = [PROBES[0]._replace(destination_port=port) for port in range(1, 1001)]
    assert passed(rules("input", "udp dport { 100-199, 777 } drop"), many) == set(range(1, 1001)) - set(range(100, 200)) - {777}


def test_what_the_kernel_has_no_route_for_does_not_pass():
    commands = ["ip route add blackhole 198.51.100.0/24", "ip route add unreachable 203.0.113.0/25"]
    assert passed(commands=commands) == ALL - {7, 10, 11}
