# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of a host's peers a run may take away."""

import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules, peer_limit
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Report
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

FLOW = {
    "id": "f",
    "direction": "in",
    "protocol": "udp",
    "initiates": True,
    "source": {"role": "c", "ports": ["68"]},
    "destination": {"role": "m", "ports": ["67"]},
}


def opening(*networks):
    return flow_rules.opening([FLOW], {"c": list(networks), "unused": ["203.0.113.0/24"]}, [])


def check(had, has, most=20):
    peer_limit.check(opening(*has), {"nftables": {"peers": list(had)}, "housekeeping": {}}, most)


def complaint(had, has, most=20):
    with pytest.raises(HostError) as error:
        check(had, has, most)
    return str(error.value)


def hosts(count, prefix="198.51.100."):
    """Every other address, so that none make up a network."""
    return [f"{prefix}{2 * number}" for number in range(count)]


def test_the_refusal_says_how_many_which_and_how_to_permit_it():
    assert complaint(hosts(10), hosts(7)) == (
        "This run would remove 3 of the 10 peers of this host (198.51.100.14, 198.51.100.16, 198.51.100.18), more than 20"
        " %; check that the inventory is complete, or permit it with -e fleet_ports_max_shrink=100."
    )


def test_of_many_peers_only_some_are_named():
    assert "100 of the 100 peers of this host (198.51.100.0, " in complaint(hosts(100), [])
    assert complaint(hosts(100), []).count("198.51.100.") == 5
    assert " and others)" in complaint(hosts(6), [])
    assert "others" not in complaint(hosts(5), [])


@pytest.mark.parametrize(
    ("had", "has", "most"),
    [
        ([], [], 0),
        ([], hosts(3), 0),
        (hosts(10), hosts(10), 0),
        (hosts(10), hosts(20), 0),
        (hosts(10), hosts(8), 20),
        (hosts(5), hosts(4), 20),
        (hosts(10), [], 100),
        # The same addresses, written in another way.
        (["192.0.2.0/25", "192.0.2.128/25"], ["192.0.2.0/24"], 0),
        (["192.0.2.7", "2001:db8::1"], ["192.0.2.0/24", "2001:db8::/64"], 0),
        # One of 256 hosts that make up a network, and the network falls apart.
        (["192.0.2.0/24"], ["192.0.2.0-192.0.2.99", "192.0.2.101-192.0.2.255"], 1),
    ],
)
def test_what_passes(had, has, most):
    check(had, has, most)


@pytest.mark.parametrize(
    ("had", "has", "most", "said"),
    [
        (hosts(3), hosts(2), 20, "1 of the 3 peers"),
        (hosts(10), hosts(9), 0, "1 of the 10 peers"),
        (hosts(10), hosts(10, "203.0.113."), 99, "10 of the 10 peers"),
        (["192.0.2.0/24"], ["192.0.2.0/25"], 20, "128 of the 256 peers of this host (192.0.2.128/25)"),
        (["2001:db8::1", "2001:db8::9"], ["2001:db8::1"], 20, "1 of the 2 peers of this host (2001:db8::9)"),
        # Hosts beside a network that is wide, or everything.
        (["10.0.0.0/8", *hosts(100)], ["10.0.0.0/8"], 20, "100 of the 356 peers"),
        (["2001:db8::/64", *hosts(100)], ["2001:db8::/64"], 20, "100 of the 356 peers"),
        (["2001:db8::/32"], ["2001:db8::/34"], 20, "192 of the 256 peers"),
        (["0.0.0.0/0"], ["10.0.0.0/8"], 20, "255 of the 256 peers"),
    ],
)
def test_what_is_refused(had, has, most, said):
    assert said in complaint(had, has, most)


def test_who_is_left_is_counted_by_what_is_open_to_them():
    """Peers that only answers name have nothing open."""
    flow = dict(FLOW, initiates=False)
    with pytest.raises(HostError):
        peer_limit.check(flow_rules.opening([flow], {"c": ["192.0.2.1"]}, []), {"x": {"peers": ["192.0.2.1"]}}, 20)


def test_peers_of_flows_that_leave_the_host_are_counted_as_well():
    flow = dict(FLOW, direction="out", source=FLOW["destination"], destination=FLOW["source"])
    wanted = flow_rules.opening([flow], {"c": ["192.0.2.1"]}, [])
    peer_limit.check(wanted, {"nftables": {"peers": ["192.0.2.1"]}}, 0)


@pytest.mark.parametrize("most", [-1, 101])
def test_a_percentage_is_one(most):
    assert complaint([], [], most) == f"max_shrink is {most}; set it to a percentage, 0 to 100."


def test_the_ends_of_a_broadcast_are_not_peers():
    assert "1 of the 1 peers" in complaint(["192.0.2.1"], ["0.0.0.0", "255.255.255.255"])
    change = Change({})
    peer_limit.remember(change, opening("0.0.0.0", "255.255.255.255", "192.0.2.1"))
    assert change.report.memory == {"peers": ["192.0.2.1"]}


class Change:
    """What `remember` sees of a backend's change."""

    def __init__(self, memory):
        self.report = Report(rules=0, widened=[], enforced=[], warnings=[], memory=memory)


def test_the_memory_is_kept_beside_the_backends_own():
    change = Change({"script": "x"})
    peer_limit.remember(change, opening("192.0.2.9", "192.0.2.10"))
    assert change.report.memory == {"script": "x", "peers": ["192.0.2.10", "192.0.2.9"]}


def test_nothing_is_remembered_where_nothing_is_written():
    change = Change(None)
    peer_limit.remember(change, opening("192.0.2.9"))
    assert change.report.memory is None


def test_ten_thousand_peers_take_no_time_if_they_stay_and_little_if_not():
    many = [f"10.{number // 100}.{number % 100}.{2 * (number % 7)}" for number in range(10000)]
    wanted = opening(*many)
    had = {"nftables": {"peers": sorted(peer_limit._peers(wanted))}}
    begun = time.process_time()
    peer_limit.check(wanted, had, 20)
    unchanged = time.process_time() - begun
    begun = time.process_time()
    peer_limit.check(opening(*many[:9000]), had, 20)
    assert unchanged < 0.1
    assert time.process_time() - begun < 2
