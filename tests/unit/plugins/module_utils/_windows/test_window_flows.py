# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which flows are open for whom while which windows are."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import opening
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_flows import Span, narrowed
from ansible_collections.fleet.ports.plugins.module_utils._windows.window_list import Window

PEERS = {
    "client": ["198.51.100.0/24", "2001:db8::/64"],
    "client/rsh": ["198.51.100.0/30"],
    "master": ["192.0.2.1"],
    "unaddressed": ["0.0.0.0/32"],
}
C, D = Window(10, 20, ["198.51.100.7/32", "2001:db8::7/128"]), Window(12, 22, ["198.51.100.1/32"])


def flow(window=None, direction="in", source="client", destination="master", **changes):
    ends = {"source": {"role": source, "ports": ["1-65535"]}, "destination": {"role": destination, "ports": ["69"]}}
    return dict(ends, id="f", direction=direction, protocol="udp", initiates=True, window=window, **changes)


def open_to(flows, windows, host=None):
    """Return the groups at the source of each flow that is open, with their addresses and span."""
    found = narrowed(flows, PEERS, windows, host)
    return [
        (group, found.peers[group], found.spans.get(group))
        for each in found.flows
        for group in [each["source"].get("peers") or each["source"]["role"]]
    ]


def test_what_takes_part_in_no_window_stays_as_it_is():
    flows = [flow(), flow(direction="forward")]
    assert narrowed(flows, PEERS, {"c": C}, None) == (flows, PEERS, {})


def test_without_a_window_that_is_open_it_is_closed():
    assert [open_to([flow(whose)], {}) for whose in ("source", "destination", "host", "any")] == [[]] * 4


def test_it_is_open_to_the_clients_with_a_window_a_group_for_each_span():
    assert open_to([flow("source")], {"c": C, "d": D}) == [
        ("client_clients_10_20", ["198.51.100.7", "2001:db8::7"], (10, 20)),
        ("client_clients_12_22", ["198.51.100.1"], (12, 22)),
    ]
    assert open_to([flow("source")], {"c": C, "d": D._replace(opened=10, until=20)}) == [
        ("client_clients_10_20", ["198.51.100.1", "198.51.100.7", "2001:db8::7"], Span(10, 20))
    ]


def test_the_clients_may_be_at_the_other_end():
    (found,) = narrowed([flow("destination", "out", "master", "client")], PEERS, {"c": C}, None).flows
    assert (found["source"], found["destination"]["peers"]) == (flow(source="master")["source"], "client_clients_10_20")


def test_a_group_that_is_empty_stays_so():
    assert open_to([flow("source", source="nobody")], {"c": C}) == [("nobody_clients_10_20", [], (10, 20))]


def test_only_those_clients_that_the_flow_is_for():
    of_rsh = flow("source")
    of_rsh["source"]["peers"] = "client/rsh"
    assert [addresses for _group, addresses, _span in open_to([of_rsh], {"c": C, "d": D})] == [[], ["198.51.100.1"]]


def test_what_passes_through_is_bound_at_the_clients_end_only():
    (found,) = narrowed([flow("source", "forward")], PEERS, {"c": C}, None).flows
    assert (found["source"]["peers"], found["destination"]) == ("client_clients_10_20", flow()["destination"])


def test_whoever_has_no_address_passes_while_any_window_is_open():
    broadcast = flow("any")
    broadcast["source"]["peers"] = "unaddressed"
    assert open_to([broadcast], {"c": C, "d": D}) == [("unaddressed_all_12_22", ["0.0.0.0/32"], (12, 22))]
    later = D._replace(opened=5)
    assert open_to([broadcast], {"c": C, "d": later}) == [("unaddressed_all_5_22", ["0.0.0.0/32"], (5, 22))]


def test_a_client_has_its_own_window_with_all_its_masters():
    asked = flow("host", "in", source="master", destination="client")
    assert open_to([asked], {"c": C, "d": D}, host="c") == [("master_all_10_20", ["192.0.2.1"], (10, 20))]
    assert open_to([asked], {"d": D}, host="c") == []


def test_spans_reach_the_opening_as_far_as_anything_is_open():
    flows, peers, spans = narrowed([flow("source"), flow(destination="elsewhere")], PEERS, {"c": C}, None)
    found = opening(flows, peers, [], dict(spans, client_clients_1_2=Span(1, 2)))
    assert found.spans == {"client_clients_10_20": (10, 20)}
    assert sorted(found.peers) == ["client", "client_clients_10_20"]


@pytest.mark.parametrize("order", [1, -1])
def test_who_has_a_window_and_all_while_any_is_open_are_not_taken_for_each_other(order):
    flows = [flow("any"), flow("source"), flow("host")][::order]
    whole = ("client_all_10_20", PEERS["client"], (10, 20))
    clients = ("client_clients_10_20", ["198.51.100.7", "2001:db8::7"], (10, 20))
    assert open_to(flows, {"c": C}, host="c") == [whole, clients, whole]


def test_a_forwarded_flow_has_its_window_from_one_end():
    end = {"role": "nim_client", "ports": ["68"]}
    flow = {"id": "x", "direction": "forward", "window": "any", "source": end, "destination": end}
    with pytest.raises(HostError, match="Flow x is forwarded, so its window has to be source or destination, not any"):
        narrowed([flow], {}, {"c": Window(0, 100, ["192.0.2.1"])}, None)
