# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flows become rules: joined, named by groups, and none without peers."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import (
    Rule,
    identifier,
    opening,
    replies,
    without_peers,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PEERS = {
    "nim_client": ["198.51.100.0/24", "2001:db8:2::/64"],
    "nim_master": ["192.0.2.10"],
    "unaddressed": ["0.0.0.0/32"],
    "broadcast": ["255.255.255.255/32"],
    "nobody": [],
}


def flow(direction="in", source=("nim_client", "1-65535"), destination=("nim_master", "111"), **changes):
    def end(role, *ports):
        return {"role": role, "ports": list(ports)}

    whole = {"id": "f", "direction": direction, "protocol": "tcp", "initiates": True}
    return dict(whole, source=end(*source), destination=end(*destination), **changes)


def rules(*flows):
    return list(opening(list(flows), PEERS, []).rules)


def test_directions_are_hooks_and_the_local_end_is_any_address():
    ports = {"source_ports": ((1, 65535),), "destination_ports": ((111, 111),), "protocol": "tcp", "flows": ("f",)}
    assert rules(flow("in")) == [Rule(hook="input", source="nim_client", destination=None, **ports)]
    assert rules(flow("out", destination=("nim_client", "111"))) == [
        Rule(hook="output", source=None, destination="nim_client", **ports)
    ]
    assert rules(flow("forward")) == [Rule(hook="forward", source="nim_client", destination="nim_master", **ports)]


def test_an_end_with_peers_of_its_own_is_those_also_where_it_is_local():
    request = flow(protocol="udp")
    request["source"]["peers"], request["destination"]["peers"] = "unaddressed", "broadcast"
    (rule,) = rules(request)
    assert (rule.source, rule.destination) == ("unaddressed", "broadcast")


def test_a_reply_needs_no_rule():
    assert rules(flow(initiates=False)) == []


def test_a_group_without_peers_or_without_a_family_in_common_opens_nothing():
    assert rules(flow(source=("nobody", "1")), flow(source=("unheard_of", "1"))) == []
    peers = {"nim_client": ["2001:db8::1"], "nim_master": ["192.0.2.1"]}
    assert opening([flow("forward")], peers, []).rules == ()


def test_flows_of_one_shape_are_one_rule():
    joined = rules(
        flow(id="a"),
        flow(id="b", destination=("nim_master", "2049")),
        flow(id="c", destination=("nim_master", "112-120")),
        flow(id="d", source=("nim_client", "68"), destination=("nim_master", "67")),
        flow(id="e", source=("nim_client", "69"), destination=("nim_master", "67")),
    )
    assert [(rule.source_ports, rule.destination_ports, rule.flows) for rule in joined] == [
        (((1, 65535),), ((111, 120), (2049, 2049)), ("a", "b", "c")),
        (((68, 69),), ((67, 67),), ("d", "e")),
    ]


def test_what_is_joined_opens_no_more_than_its_parts():
    """Neither source nor destination ports may be joined while both differ."""
    assert (
        len(rules(flow(source=("nim_client", "1"), destination=("nim_master", "2")), flow(source=("nim_client", "3"))))
        == 2
    )
    assert len(rules(flow(), flow(protocol="udp"))) == 2
    assert len(rules(flow(), flow("forward"))) == 2


def test_the_same_flow_twice_is_named_once():
    assert [rule.flows for rule in rules(flow(), flow())] == [("f",)]


def test_replies_turn_up_at_the_opposite_hook():
    wanted = opening([flow("in"), flow("in", protocol="udp"), flow("out", destination=("nim_client", "1"))], PEERS, [])
    assert replies(wanted) == [("output", None, "nim_client"), ("input", "nim_client", None)]
    assert replies(opening([flow("forward")], PEERS, [])) == [("forward", "nim_master", "nim_client")]


def test_the_ends_of_a_broadcast_have_no_replies():
    request = flow("in", source=("unaddressed", "68"))
    request["destination"]["peers"] = "broadcast"
    answer = flow("out", destination=("broadcast", "68"))
    assert replies(opening([request, answer], PEERS, [])) == []


def test_only_the_peers_that_rules_name_are_kept():
    assert list(opening([flow()], PEERS, []).peers) == ["nim_client"]


def test_peers_of_a_survey_are_a_text():
    assert opening([flow()], {"nim_client": "192.0.2.1, 192.0.2.2,"}, []).peers == {
        "nim_client": {"ip": ["192.0.2.1", "192.0.2.2"]}
    }


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"destination": ("nim_master", "70000")}, "Flow f: Invalid port range '70000': ports are 1-65535."),
        (
            {"destination": ("nim_master", "1023-513")},
            "Flow f: Invalid port range '1023-513': the start is greater than the end.",
        ),
        ({"source": ("nim_client",)}, "Flow f names no port; write '1-65535' for all of them."),
    ],
)
def test_unfit_ports_are_one_sentence(changes, sentence):
    with pytest.raises(HostError) as error:
        rules(flow(**changes))
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    "peers, sentence",
    [
        (
            {"nim_client": ["192.0.2.300"]},
            "Peers nim_client: Invalid IP address or network '192.0.2.300': "
            "use the form '192.0.2.7', '192.0.2.0/24' or '2001:db8::/64'.",
        ),
        ({"nim_client": 7}, "Peers nim_client: 7 is not a list of addresses; use one such as ['192.0.2.0/24']."),
    ],
)
def test_unfit_peers_are_one_sentence(peers, sentence):
    with pytest.raises(HostError) as error:
        opening([], peers, [])
    assert str(error.value) == sentence


@pytest.mark.parametrize("name", ["", "eth 0", 'eth"', "eth0\n", "a/b", "sixteen_letters_"])
def test_what_is_no_interface_is_one_sentence(name):
    with pytest.raises(HostError) as error:
        opening([], {}, ["eth0", name])
    assert str(error.value) == "{0!r} is not a valid interface name; use a name that `ip link` shows.".format(name)


def test_interfaces_are_sorted_and_named_once():
    assert opening([], {}, ["eth1", "eth0", "eth1"]).interfaces == ("eth0", "eth1")


def test_peers_that_are_left_out_are_no_peers():
    whole = opening([flow()], PEERS, [])
    assert without_peers(whole, []) is whole
    left = without_peers(whole, ["198.51.100.0/25", "2001:db8:2::7"])
    assert left.peers["nim_client"]["ip"] == ["198.51.100.128/25"]
    assert len(left.peers["nim_client"]["ip6"]) == 64
    assert left.rules == whole.rules


def test_a_flow_whose_peers_are_all_left_out_opens_nothing():
    answering = flow(initiates=False, id="g", source=("nim_client", "1"))
    whole = opening([flow(), flow("out", destination=("nim_master", "9"), id="h"), answering], PEERS, [])
    left = without_peers(whole, PEERS["nim_client"])
    assert [rule.flows for rule in left.rules + left.answers] == [("h",)]
    assert left.peers == {"nim_master": {"ip": ["192.0.2.10"]}}
    assert replies(left) == [("input", "nim_master", None)]
    nothing = without_peers(whole, PEERS["nim_client"] + PEERS["nim_master"])
    assert (nothing.rules, nothing.answers, nothing.peers, replies(nothing)) == ((), (), {}, [])


def test_a_flow_with_peers_of_one_family_left_is_open_to_those():
    left = without_peers(opening([flow()], PEERS, []), ["198.51.100.0/24"])
    assert len(left.rules) == 1 and list(left.peers["nim_client"]) == ["ip6"]


def test_identifiers_are_plain_short_and_never_shared():
    assert identifier("nim_client", 22) == "nim_client"
    names = ["nim_client/rsh", "nim_client_rsh", "nim_client-rsh", "x" * 30, "x" * 31]
    found = [identifier(name, 22) for name in names]
    assert len(set(found)) == len(names)
    assert all(len(name) <= 22 and name.replace("_", "").isalnum() for name in found)


def test_the_directions_are_those_of_the_plan():
    assert list(flow_rules.HOOKS) == ["in", "out", "forward"]


@pytest.mark.parametrize("name", ["eth*", "*", 'a"', "a\\", "-i", "a b", "a;b", "a}", "\u202eeth0", "eth0\n", "", "x" * 16])
def test_a_pattern_or_worse_is_no_interface(name):
    with pytest.raises(HostError, match="is not a valid interface name; use a name that `ip link` shows"):
        opening([], {}, [name])
