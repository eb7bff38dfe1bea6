# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules in firewalld's terms: exact with sets of pairs, else wider and said so."""

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.policies import (
    SET_NAME_LIMIT,
    Dialect,
    Policies,
    rule_text,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import NOTHING, opening

MODERN, OLD = Dialect(destination_sets=True, ranges_in_sets=True), Dialect(destination_sets=False, ranges_in_sets=False)
HOOKS = ["input", "output", "forward"]
PEERS = {
    "c": ["198.51.100.0/25", "198.51.100.200"],
    "m": ["192.0.2.10"],
    "h": ["192.0.2.1", "192.0.2.3"],
    "all": ["0.0.0.0/0"],
}


def flow(direction="in", source=("c", "1-65535"), destination=("m", "111"), **changes):
    def end(role, *ports):
        return {"role": role, "ports": list(ports)}

    whole = {"id": "f", "direction": direction, "protocol": "tcp", "initiates": True}
    return dict(whole, source=end(*source), destination=end(*destination), **changes)


def written(*flows, **options):
    wanted = opening(list(flows), options.get("peers", PEERS), options.get("interfaces", []))
    return Policies(wanted, options.get("hooks", HOOKS), options.get("dialect", MODERN))


def rules(policies):
    return [rule_text(fragments) for policy in policies.policies for fragments in policy.rules]


def test_nothing_is_nothing():
    nothing = Policies(NOTHING, HOOKS, None)
    assert (nothing.policies, nothing.sets, nothing.widened) == ([], [], [])


def test_each_direction_has_a_policy_with_its_zones():
    policies = written(flow("in"), flow("out"), flow("forward")).policies
    assert [(policy.name, policy.ingress, policy.egress) for policy in policies] == [
        ("fleet-ports-in", "ANY", "HOST"),
        ("fleet-ports-out", "HOST", "ANY"),
        ("fleet-ports-fwd", "ANY", "ANY"),
    ]
    assert all(len(policy.name) <= 17 for policy in policies)


def test_hooks_at_which_nothing_is_dropped_get_nothing():
    assert rules(written(flow("out"), hooks=["input", "forward"])) == []


def test_one_port_range_is_said_by_the_rule_itself():
    found = written(flow(), flow(source=("c", "68"), destination=("m", "1-65535"), protocol="udp"))
    assert rules(found) == [
        'rule family="ipv4" source ipset="fports-c-4" port port="111" protocol="tcp" accept',
        'rule family="ipv4" source ipset="fports-c-4" source-port port="68" protocol="udp" accept',
    ]
    (peers,) = found.sets
    assert (peers.kind, peers.entries) == ("hash:net", ["198.51.100.0/25", "198.51.100.200"])


def test_no_port_range_is_the_protocol():
    assert rules(written(flow(destination=("m", "1-65535")))) == [
        'rule family="ipv4" source ipset="fports-c-4" protocol value="tcp" accept'
    ]


def test_each_range_of_ports_is_a_rule():
    assert [
        rule.split('port="')[1].split('"')[0] for rule in rules(written(flow(destination=("m", "111", "513-1023"))))
    ] == [
        "111",
        "513-1023",
    ]


def test_two_port_ranges_are_exact_by_a_set_of_pairs():
    found = written(flow(source=("c", "512-1023", "2049"), destination=("m", "111")))
    (pairs,) = found.sets
    assert rules(found) == [
        'rule family="ipv4" source ipset="{0}" port port="111" protocol="tcp" accept'.format(pairs.name)
    ]
    assert pairs.kind == "hash:net,port"
    assert pairs.entries == [
        "198.51.100.0/25,tcp:512-1023",
        "198.51.100.0/25,tcp:2049",
        "198.51.100.200,tcp:512-1023",
        "198.51.100.200,tcp:2049",
    ]
    assert found.widened == []


def test_what_goes_out_pairs_the_destination():
    found = written(flow("out", source=("m", "512-1023"), destination=("c", "3901")))
    (pairs,) = found.sets
    assert rules(found) == [
        'rule family="ipv4" destination ipset="{0}" source-port port="512-1023" protocol="tcp" accept'.format(
            pairs.name
        )
    ]
    assert pairs.entries == ["198.51.100.0/25,tcp:3901", "198.51.100.200,tcp:3901"]


def test_what_is_forwarded_names_both_ends():
    found = written(flow("forward", source=("c", "512-1023"), destination=("h", "111")))
    assert len(found.sets) == 2
    (rule,) = rules(found)
    assert 'destination ipset="fports-h-4" port port="111"' in rule


def test_one_address_needs_no_set():
    (rule,) = rules(written(flow("forward", source=("m", "1-65535"), destination=("m", "111"))))
    assert 'source address="192.0.2.10" destination address="192.0.2.10" port port="111"' in rule


def test_single_addresses_are_the_quicker_kind_of_set():
    assert [item.kind for item in written(flow(source=("h", "1-65535"))).sets] == ["hash:ip"]


def test_both_families():
    found = written(flow(), peers={"c": ["192.0.2.1", "2001:db8::/64"]})
    assert rules(found) == [
        'rule family="ipv4" source address="192.0.2.1" port port="111" protocol="tcp" accept',
        'rule family="ipv6" source address="2001:db8::/64" port port="111" protocol="tcp" accept',
    ]


def test_all_addresses_are_two_halves_in_a_set():
    (pairs,) = written(flow(source=("all", "68"), destination=("m", "67"))).sets
    assert pairs.entries == ["0.0.0.0/1,tcp:68", "128.0.0.0/1,tcp:68"]


def test_a_set_too_large_for_the_kernel_widens_the_row():
    tftp = flow(id="tftp", source=("c", "1-40000"), destination=("m", "69"))
    found = written(tftp, dialect=OLD)
    assert rules(found) == ['rule family="ipv4" source ipset="fports-c-4" port port="69" protocol="tcp" accept']
    assert found.widened == [{"flow": "tftp", "what": "from any source port, not only from 1-40000"}]
    assert written(tftp, dialect=MODERN).widened == []
    assert written(flow(source=("c", "1-32768"), destination=("m", "69")), dialect=OLD).widened == []


def test_an_old_release_has_no_sets_of_destinations():
    found = written(flow("out", source=("m", "512-1023"), destination=("c", "3901")), dialect=OLD)
    assert rules(found) == [
        'rule family="ipv4" destination address="198.51.100.0/25" port port="3901" protocol="tcp" accept',
        'rule family="ipv4" destination address="198.51.100.200" port port="3901" protocol="tcp" accept',
    ]
    assert found.widened == [{"flow": "f", "what": "from any source port, not only from 512-1023"}]


def test_interfaces_are_not_to_be_had():
    assert written(flow(), interfaces=["eth1"]).widened == [
        {"flow": "f", "what": "on every interface, not only on eth1"}
    ]


def test_names_of_sets_fit_and_are_never_shared():
    groups = ["nim_resource_server", "nim_resource_server/x", "nim_client/holding-623,664", "nim_client/holding-none"]
    peers = {group: ["192.0.2.1", "192.0.2.3", "2001:db8::1", "2001:db8::3"] for group in groups}
    ends = [(group, port, protocol) for group in groups for port in "12" for protocol in ("tcp", "udp")]
    flows = [flow(source=(group, port), destination=("m", port), protocol=protocol) for group, port, protocol in ends]
    sets = written(*flows, peers=peers).sets
    assert len({item.name for item in sets}) == len(sets) == 32
    assert max(len(item.name) for item in sets) <= SET_NAME_LIMIT
