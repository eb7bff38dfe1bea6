# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script for nft: the lines, the order, and how it is undone."""

import json

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import (
    Chain,
    Jump,
    Table,
    chains,
    from_plain,
    plain,
    tables,
    text,
    undo,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.ruleset import Owned

PEERS = {"c": ["198.51.100.0/24", "2001:db8:2::/64"], "m": ["192.0.2.10"]}


SCRIPT = """\
add table inet filter
add set inet filter fleet_ports_c_v4 {
    type ipv4_addr
    flags interval
    elements = {
        198.51.100.0/24
    }
}
add set inet filter fleet_ports_c_v6 {
    type ipv6_addr
    flags interval
    elements = {
        2001:db8:2::/64
    }
}
add set inet filter fleet_ports_m_v4 {
    type ipv4_addr
    flags interval
    elements = {
        192.0.2.10
    }
}
table inet filter {
    chain fleet_ports_forward {
        BETWEEN ct state established,related ip saddr @fleet_ports_m_v4 ip daddr @fleet_ports_c_v4 accept
        BETWEEN udp dport { 111, 2049 } ip saddr @fleet_ports_c_v4 ip daddr @fleet_ports_m_v4 accept comment "through"
    }
    chain fleet_ports_input {
        iifname "eth0" tcp sport 512-1023 tcp dport { 111, 2049 } ip saddr @fleet_ports_c_v4 accept comment "nfs"
        iifname "eth0" tcp sport 512-1023 tcp dport { 111, 2049 } ip6 saddr @fleet_ports_c_v6 accept comment "nfs"
    }
    chain my_input {
        jump fleet_ports_input
    }
    chain my_forward {
    }
}
insert rule inet filter my_forward jump fleet_ports_forward
"""


def flow(direction="in", **changes):
    source, destination = {"role": "c", "ports": ["512-1023"]}, {"role": "m", "ports": ["111", "2049"]}
    whole = {"id": "nfs", "direction": direction, "protocol": "tcp", "initiates": True}
    return dict(dict(whole, source=source, destination=destination), **changes)


def closed(hook="input", family="inet", first=False, manager=None):
    return Chain(family, "filter", "my_" + hook, hook, first, spared=(), manager=manager)


def lines(of_host, *flows, **options):
    wanted = tables(of_host, opening(list(flows), PEERS, options.get("interfaces", [])))
    return [line for table in wanted for chain in table.chains.values() for line in chain]


def test_nothing_to_open_is_no_text():
    assert text(tables([closed()], NOTHING)) == ""
    assert text(tables([], opening([flow()], PEERS, []))) == ""


def test_the_whole_script():
    of_host = [closed(), closed("forward", first=True)]
    forwarded = flow("forward", id="through", source={"role": "c", "ports": ["1-65535"]}, protocol="udp")
    script = text(tables(of_host, opening([flow(), forwarded], PEERS, ["eth0"])))
    assert script.expandtabs(4).replace('iifname "eth0" oifname "eth0"', "BETWEEN") == SCRIPT


def test_a_table_of_one_family_gets_the_rules_of_that_family():
    assert lines([closed(family="ip6")], flow()) == [
        'tcp sport 512-1023 tcp dport { 111, 2049 } ip6 saddr @fleet_ports_c_v6 accept comment "nfs"'
    ]
    assert list(tables([closed(family="ip6")], opening([flow()], PEERS, []))[0].sets) == ["fleet_ports_c_v6"]


def test_replies_pass_at_the_opposite_hook_and_come_first():
    outgoing = flow("out", destination={"role": "c", "ports": ["3901"]}, source={"role": "m", "ports": ["1-65535"]})
    assert lines([closed(family="ip")], flow(), outgoing) == [
        "ct state established,related ip saddr @fleet_ports_c_v4 accept",
        'tcp sport 512-1023 tcp dport { 111, 2049 } ip saddr @fleet_ports_c_v4 accept comment "nfs"',
    ]
    assert lines([closed("output", family="ip")], flow()) == [
        "ct state established,related ip daddr @fleet_ports_c_v4 accept"
    ]


def test_all_ports_are_the_protocol_alone():
    everything = {"role": "c", "ports": ["1-65535"]}
    assert lines([closed(family="ip")], flow(source=everything, destination=everything, protocol="udp")) == [
        'meta l4proto udp ip saddr @fleet_ports_c_v4 accept comment "nfs"'
    ]


def test_several_interfaces_are_a_set():
    assert lines([closed(family="ip")], flow(), interfaces=["eth1", "eth0"])[0].startswith(
        'iifname { "eth0", "eth1" } tcp sport'
    )


def test_a_comment_is_harmless_and_short_enough_for_the_kernel():
    (line,) = lines([closed(family="ip")], flow(id='a" accept\n}é'))
    assert line.endswith(' accept comment "a_ accept_}_"')
    (line,) = lines([closed(family="ip")], *[flow(id="flow-number-%d" % number) for number in range(20)])
    comment = line.split('"')[1]
    assert len(comment) == 120 and comment.startswith("flow-number-0, flow-number-1, ") and comment.endswith("...")


def test_chains_of_other_programs_are_left_alone():
    assert tables([closed(manager="iptables")], opening([flow()], PEERS, [])) == []


def test_two_chains_of_one_hook_share_ours():
    (table,) = tables([closed(), closed()._replace(name="late")], opening([flow()], PEERS, []))
    assert list(table.chains) == ["fleet_ports_input"]
    assert [jump.chain for jump in table.jumps] == ["my_input", "late"]


def test_undo_takes_jumps_first_then_chains_then_sets():
    table = Table(
        "ip", "t", {"fleet_ports_c_v4": ("ip", (), None)}, {"fleet_ports_input": ()}, [Jump("in", "x", False, ())]
    )
    assert undo(Owned([table], {("ip", "t", "in"): [3, 8]})) == (
        "delete rule ip t in handle 3\n"
        "delete rule ip t in handle 8\n"
        "flush chain ip t fleet_ports_input\n"
        "delete chain ip t fleet_ports_input\n"
        "delete set ip t fleet_ports_c_v4\n"
    )


def test_places_of_jumps_are_chains_of_the_administrator():
    places = [["inet", "filter", "my_input", "input", True, []], ["ip", "b", "fwd", "forward", False, ["eth1"]]]
    assert chains(places) == [
        closed(first=True)._replace(spared=[]),
        Chain("ip", "b", "fwd", hook="forward", first=False, spared=["eth1"], manager=None),
    ]


def test_tables_are_plain_data_and_read_back():
    found = tables([closed(first=True)], opening([flow()], PEERS, []))
    assert text(from_plain(json.loads(json.dumps(plain(found))))) == text(found)


def test_jumps_as_release_1_0_0_noted_them_are_read():
    noted = [["ip", "t", {}, {"fleet_ports_input": []}, [["in", "fleet_ports_input", True, True]]]]
    assert from_plain(noted)[0].jumps == [Jump("in", "fleet_ports_input", first=True, spared=())]


def test_packets_of_spared_interfaces_do_not_take_the_jump():
    of_host = [closed(first=True)._replace(spared=["eth1"]), closed("output")._replace(spared=["eth2", "eth1"])]
    outgoing = flow("out", destination={"role": "c", "ports": ["3901"]}, source={"role": "m", "ports": ["1-65535"]})
    script = text(tables(of_host, opening([flow(), outgoing], PEERS, [])))
    assert script.endswith('}\ninsert rule inet filter my_input iifname != "eth1" jump fleet_ports_input\n')
    assert '\t\toifname != { "eth2", "eth1" } jump fleet_ports_output\n' in script


def test_spared_interfaces_are_noted():
    found = tables([closed()._replace(spared=("eth1",))], opening([flow()], PEERS, []))
    assert from_plain(json.loads(json.dumps(plain(found))))[0].jumps == found[0].jumps
